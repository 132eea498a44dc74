const ws = new WebSocket(`${wsUrl}/ws?token=${accessToken}`)
