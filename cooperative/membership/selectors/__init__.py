"""Questions about members and unions."""
