"""The pipeline: catalogue, Rudder wire, collector, log, warehouse, insights; knows no application."""
