"""What a member allowed, who looked, and a member's rights over their own data."""
