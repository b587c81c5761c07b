"""Messages to members: in the site and by SMS."""
