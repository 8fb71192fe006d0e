"""What the chain sells and what was ordered, kept in our database: stock, holds, orders, payments, commission."""
