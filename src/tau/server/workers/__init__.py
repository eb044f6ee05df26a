"""Several processes of one machine behind one listening socket, each person with one of them."""
