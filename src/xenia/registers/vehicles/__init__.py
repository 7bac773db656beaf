"""Vehicles and number plates that are stolen, sought or to be looked at: a hit concerns the vehicle, not the driver."""
