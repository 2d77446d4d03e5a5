"""The hub of the SIP phone: one Python program in one SharedWorker for all tabs of an operator."""
