"""Where senders are tried: pages, servers that take what is sent, faults, and people who press."""
