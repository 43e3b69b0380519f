-- What processes keep in memory (clients, keys, not-before times) is told when it changes, whoever changes it.
-- One channel; payloads: `app:<id>`, `tenants`, `keys`, `not_before:<milliseconds>:<subject>`.

CREATE FUNCTION notice_app() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('gatehouse', 'app:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END);
  RETURN NULL;
END $$;

CREATE FUNCTION notice_part_of_app() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('gatehouse', 'app:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.app_id ELSE NEW.app_id END);
  RETURN NULL;
END $$;

CREATE FUNCTION notice_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('gatehouse', TG_ARGV[0]);
  RETURN NULL;
END $$;

CREATE FUNCTION notice_not_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('gatehouse', 'not_before:' || floor(extract(epoch FROM NEW.not_before) * 1000)::bigint || ':' || NEW.subject);
  RETURN NULL;
END $$;

CREATE TRIGGER apps_notice AFTER UPDATE OR DELETE ON apps FOR EACH ROW EXECUTE FUNCTION notice_app();
-- Not for last_used_at, which is written all day.
CREATE TRIGGER app_secrets_notice AFTER INSERT OR DELETE OR UPDATE OF digest, expires_at ON app_secrets
  FOR EACH ROW EXECUTE FUNCTION notice_part_of_app();
CREATE TRIGGER redirect_uris_notice AFTER INSERT OR UPDATE OR DELETE ON redirect_uris
  FOR EACH ROW EXECUTE FUNCTION notice_part_of_app();
CREATE TRIGGER tenants_notice AFTER INSERT OR UPDATE ON tenants FOR EACH STATEMENT EXECUTE FUNCTION notice_kind('tenants');
CREATE TRIGGER signing_keys_notice AFTER INSERT OR UPDATE OR DELETE ON signing_keys
  FOR EACH STATEMENT EXECUTE FUNCTION notice_kind('keys');
CREATE TRIGGER token_not_before_notice AFTER INSERT OR UPDATE ON token_not_before
  FOR EACH ROW EXECUTE FUNCTION notice_not_before();

-- Security events make access tokens inactive, whichever program or person causes them.
CREATE FUNCTION app_stops() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_not_before('app:' || OLD.id);
  RETURN NULL;
END $$;
CREATE TRIGGER app_suspended AFTER UPDATE OF status ON apps FOR EACH ROW
  WHEN (NEW.status = 'SUSPENDED' AND OLD.status <> 'SUSPENDED') EXECUTE FUNCTION app_stops();
CREATE TRIGGER app_deleted AFTER DELETE ON apps FOR EACH ROW EXECUTE FUNCTION app_stops();

CREATE FUNCTION user_stops() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_not_before('user:' || OLD.id);
  UPDATE sessions SET revoked_at = db_now() WHERE user_id = OLD.id AND revoked_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER user_disabled AFTER UPDATE OF status ON users FOR EACH ROW
  WHEN (NEW.status = 'DISABLED' AND OLD.status <> 'DISABLED') EXECUTE FUNCTION user_stops();

CREATE FUNCTION tenant_stops() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_not_before('tenant:' || OLD.name);
  -- Its apps stop for users of other tenants, too.
  PERFORM set_not_before('app:' || a.id) FROM apps a WHERE a.tenant_id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER tenant_suspended AFTER UPDATE OF status ON tenants FOR EACH ROW
  WHEN (NEW.status = 'SUSPENDED' AND OLD.status <> 'SUSPENDED') EXECUTE FUNCTION tenant_stops();

-- A key that is removed ends its tokens, also where the notice of it was not heard.
CREATE FUNCTION key_stops() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_not_before('key:' || OLD.kid);
  RETURN NULL;
END $$;
CREATE TRIGGER signing_key_gone AFTER UPDATE OF state ON signing_keys FOR EACH ROW
  WHEN (NEW.state = 'GONE' AND OLD.state <> 'GONE') EXECUTE FUNCTION key_stops();
CREATE TRIGGER signing_key_deleted AFTER DELETE ON signing_keys FOR EACH ROW EXECUTE FUNCTION key_stops();

-- Identity is for ever: apps identify people by username, people identify apps by name.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % never changes', TG_ARGV[0], TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER username_is_for_ever BEFORE UPDATE OF username ON users FOR EACH ROW
  WHEN (NEW.username <> OLD.username) EXECUTE FUNCTION refuse_change('username');
CREATE TRIGGER app_name_is_for_ever BEFORE UPDATE OF name, name_key, client_id ON apps FOR EACH ROW
  WHEN (NEW.name <> OLD.name OR NEW.name_key <> OLD.name_key OR NEW.client_id <> OLD.client_id)
  EXECUTE FUNCTION refuse_change('name');
ALTER TABLE users ADD CONSTRAINT username_is_lower_case CHECK (username = lower(username));
ALTER TABLE users ADD CONSTRAINT verified_email_is_lower_case CHECK (verified_email = lower(verified_email));

-- Host names know no capitals.
CREATE UNIQUE INDEX tenants_name_as_host_key ON tenants (lower(name));

-- Connections that end by themselves, with their last access token: few at a time, found without reading the others.
CREATE INDEX connections_ending_idx ON connections (issued_at) WHERE ended_at IS NULL AND NOT has_refresh_token;
