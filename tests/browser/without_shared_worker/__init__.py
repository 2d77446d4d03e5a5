"""What holds of the phone where there is no SharedWorker."""
