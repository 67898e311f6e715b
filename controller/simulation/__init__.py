"""The virtual home: sun, house, car, meter and wallbox, on real sockets."""
