"""The pipeline: catalogue, Rudder wire, collector, log, warehouse, insights; no application."""
