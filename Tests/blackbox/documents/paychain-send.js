send('ping')
