"""Local token cost: finds the logs that agents write, reads them once, prices them at report time. No Qt, no network.

Reading runs in a worker process (`worker`) and gives the values of `values`; `report` makes the rest of them.
"""
