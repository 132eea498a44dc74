unsubscribe(['jobs'])
