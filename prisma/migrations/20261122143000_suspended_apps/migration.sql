-- The queue of reviewers asks at every look which suspended apps have written: they are few among all apps.
CREATE INDEX apps_suspended_idx ON apps (id) WHERE status = 'SUSPENDED' AND deleted_at IS NULL;
