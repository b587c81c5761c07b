"""What changes about accounts: proving who one is, what one signs in with, help by an officer."""
