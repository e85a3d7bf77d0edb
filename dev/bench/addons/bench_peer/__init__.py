from . import counters, floor, peer
