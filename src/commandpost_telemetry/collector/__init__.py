"""The data plane: receives what SDKs send, makes it durable, then says so."""
