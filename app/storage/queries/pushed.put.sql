insert into pushed_document (subscription_id, body, size, body_hash, content_type, received_at)
values (:subscription_id, :body, :size, :body_hash, :content_type, :received_at)
on conflict (subscription_id, body_hash) do nothing
