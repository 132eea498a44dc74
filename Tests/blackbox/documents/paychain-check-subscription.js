// Make sure you subscribed
subscribe(['jobs'])
