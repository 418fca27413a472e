"""What can be done: the use cases, the ports they need, delivery, and every word a user reads."""
