subscribe(['jobs', 'payments'])
