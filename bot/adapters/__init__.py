"""The world: Telegram, SQLite, deck files, the ticker, the terminal."""
