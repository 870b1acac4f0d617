"""Rudder's wire format and warehouse names."""
