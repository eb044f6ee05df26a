"""One turn of conversation: context, model, reply, remembered."""
