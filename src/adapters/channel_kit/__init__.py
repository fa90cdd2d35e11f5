"""What every channel needs: Markdown as rich text, its splitting and writing, rendering by what a channel can show."""
