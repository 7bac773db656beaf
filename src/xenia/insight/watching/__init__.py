"""Early warning over released tables: alarms about influx, forecasts, and what a queue would do."""
