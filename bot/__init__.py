"""An interview coach that asks, grades typed answers and keeps the score.

Three rooms, and imports only ever point to the right::

    __main__  ->  adapters  ->  app  ->  core

``core``      the rules: grading, streaks, what to ask next, what is due, who leads.
``app``       the use cases, the ports they need, delivery, and every word a user reads.
``adapters``  the world: Telegram, SQLite, deck files, the ticker, the terminal.

``__main__`` is the command line and the only place that names concrete adapters together.
"""
