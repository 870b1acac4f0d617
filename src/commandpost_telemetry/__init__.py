"""The pipeline: catalogue, Rudder wire, collector, log, warehouse, insights. Never imports commandpost."""
