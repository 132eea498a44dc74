# backend/job_service/main.py

import httpx

# After creating a job
async with httpx.AsyncClient() as client:
    await client.post(
        f"{settings.WS_SERVICE_URL}/broadcast",
        json={
            "type": "job_created",
            "data": {
                "job_id": new_job.id,
                "title": new_job.title,
                "pay_amount_usd": float(new_job.pay_amount_usd),
                "job_type": new_job.job_type
            }
        },
        timeout=5.0
    )
