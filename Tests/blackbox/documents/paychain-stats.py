manager.get_stats()
