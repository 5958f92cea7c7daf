"""The web surface: HTTP, WebSocket, hooks and the Mini App."""
