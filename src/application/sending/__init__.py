"""One reply goes out: render its parts, upload its files, send each part once."""
