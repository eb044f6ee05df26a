"""Files attached to messages: read, stored sealed, and erased with what names them."""
