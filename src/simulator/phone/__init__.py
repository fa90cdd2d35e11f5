"""What people do on their phones, and the page that shows a phone."""
