-- Whoever is disabled and whatever organisation is suspended gets no token any more: redemptions and refreshes that are on their
-- way come before the not-before time, and those that come wait for the commit and are refused. Without that, one that read
-- "active" while the disabling was not committed issued a token later than the not-before time, which lived for an hour.
-- Locks: user, session, organisation policy, app (advisory lock), organisations (advisory locks by id), grant, code or family.

-- An organisation's tokens are those of its users and those of its apps. Shared, and in one order: a statement that suspends
-- several organisations takes its locks so, too. Whoever waits here holds no grant, so that whoever holds these locks alone
-- waits for nobody who waits for them.
CREATE FUNCTION use_tenant_tokens(p_user_tenant integer, p_app_tenant integer) RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT pg_advisory_xact_lock_shared(1195461707, least(p_user_tenant, p_app_tenant)) IS NOT NULL
     AND pg_advisory_xact_lock_shared(1195461707, greatest(p_user_tenant, p_app_tenant)) IS NOT NULL
$$;

CREATE FUNCTION end_tenant_tokens(p_tenant_id integer) RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT pg_advisory_xact_lock(1195461707, p_tenant_id) $$;

-- A trigger of the statement: with one for each row, locks of several organisations could come in any order.
CREATE OR REPLACE FUNCTION tenant_stops() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_stopped integer[];
BEGIN
  v_stopped := ARRAY(
    SELECT n.id FROM old_tenants o JOIN new_tenants n ON n.id = o.id
     WHERE n.status = 'SUSPENDED' AND o.status <> 'SUSPENDED' ORDER BY n.id);
  PERFORM end_tenant_tokens(stopped.id) FROM unnest(v_stopped) AS stopped (id);
  -- Statements of their own: what was issued before the locks were ours has an earlier time.
  PERFORM set_not_before('tenant:' || o.name) FROM old_tenants o WHERE o.id = ANY (v_stopped);
  -- Its apps stop for users of other tenants, too.
  PERFORM set_not_before('app:' || a.id) FROM apps a WHERE a.tenant_id = ANY (v_stopped) ORDER BY a.id;
  RETURN NULL;
END $$;
DROP TRIGGER tenant_suspended ON tenants;
CREATE TRIGGER tenant_suspended AFTER UPDATE ON tenants REFERENCING OLD TABLE AS old_tenants NEW TABLE AS new_tenants
  FOR EACH STATEMENT EXECUTE FUNCTION tenant_stops();

CREATE OR REPLACE FUNCTION user_stops() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- First: a consent holds its session, and may make a grant that would not be found below. None begins in the meantime, for
  -- a sign-in asks for the user's row.
  UPDATE sessions SET revoked_at = db_now() WHERE user_id = OLD.id AND revoked_at IS NULL;
  -- Redemptions and refreshes hold their grant, and judge the user after that.
  PERFORM 1 FROM grants g WHERE g.user_id = OLD.id ORDER BY g.id FOR UPDATE;
  PERFORM set_not_before('user:' || OLD.id);
  RETURN NULL;
END $$;

-- Redeems an authorization code (RFC 6749 §4.1.3). A refusal changes nothing but the failure counter; a valid second
-- redemption ends what the first one issued (§4.1.2).
CREATE OR REPLACE FUNCTION redeem_code(
  p_digest bytea,
  p_app_id integer,
  p_redirect_uri text,        -- null: not sent
  p_challenge text,           -- S256 of the verifier that was sent; null: none
  p_secret_shown boolean,
  p_connection_id uuid,       -- for a new connection
  p_refresh_digest bytea,     -- for a new refresh token
  p_refresh_seconds integer,  -- null: never expires
  p_max_tokens integer,
  p_max_failures integer,
  p_scope_names text[] DEFAULT NULL  -- what the app has declared; null: it has not said, and may have everything
) RETURNS TABLE (
  outcome text, at timestamptz, user_id uuid, username text, tenant text, scopes text,
  connection_id uuid, refresh_issued boolean, refresh_expires_at timestamptz, evicted integer
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  c authorization_codes%ROWTYPE;
  g grants%ROWTYPE;
  v_grant uuid;
  v_held boolean;
BEGIN
  evicted := 0;
  PERFORM use_app_tokens(p_app_id);
  -- What the foreign key of the new connection would lock later: taken first, for a deletion of the app goes that way, too.
  PERFORM 1 FROM apps a WHERE a.id = p_app_id FOR KEY SHARE;
  SELECT ac.grant_id, use_tenant_tokens(u.tenant_id, a.tenant_id) INTO v_grant, v_held
    FROM authorization_codes ac JOIN grants gr ON gr.id = ac.grant_id JOIN users u ON u.id = gr.user_id JOIN apps a ON a.id = ac.app_id
   WHERE ac.digest = p_digest;
  IF NOT FOUND THEN
    outcome := 'code_unknown'; RETURN NEXT; RETURN;
  END IF;
  SELECT * INTO g FROM grants gr WHERE gr.id = v_grant FOR UPDATE;
  SELECT * INTO c FROM authorization_codes ac WHERE ac.digest = p_digest FOR UPDATE;
  IF NOT FOUND THEN
    outcome := 'code_unknown'; RETURN NEXT; RETURN;
  END IF;
  at := db_now();
  user_id := g.user_id;

  outcome := CASE
    WHEN c.app_id <> p_app_id THEN 'code_wrong_client'
    WHEN c.failures >= p_max_failures THEN 'code_burnt'
    WHEN c.redeemed_at IS NULL AND at >= c.expires_at THEN 'code_expired'
    WHEN p_redirect_uri IS NOT NULL AND p_redirect_uri <> c.redirect_uri THEN 'code_redirect_mismatch'
    WHEN c.code_challenge IS NOT NULL AND p_challenge IS NULL THEN 'pkce_missing'
    WHEN c.code_challenge IS NULL AND p_challenge IS NOT NULL THEN 'pkce_unexpected'
    WHEN c.code_challenge <> p_challenge THEN 'pkce_mismatch'
    WHEN c.code_challenge IS NULL AND NOT p_secret_shown THEN 'proof_missing'
    ELSE grant_problem(c.app_id, g.user_id)
  END;
  IF outcome IS NOT NULL THEN
    IF outcome IN ('code_wrong_client', 'code_redirect_mismatch', 'pkce_missing', 'pkce_unexpected', 'pkce_mismatch', 'proof_missing') THEN
      UPDATE authorization_codes ac SET failures = ac.failures + 1 WHERE ac.digest = p_digest AND ac.redeemed_at IS NULL;
    END IF;
    RETURN NEXT; RETURN;
  END IF;

  IF c.redeemed_at IS NULL AND g.revoked_at IS NOT NULL THEN
    outcome := 'grant_ended'; RETURN NEXT; RETURN;
  END IF;
  IF c.redeemed_at IS NULL AND EXISTS (SELECT 1 FROM app_endings e WHERE e.app_id = c.app_id AND c.issued_at <= e.at) THEN
    outcome := 'code_withdrawn'; RETURN NEXT; RETURN;
  END IF;
  IF c.playground AND c.redeemed_at IS NULL AND NOT manages_app(c.app_id, g.user_id) THEN
    outcome := 'playground_forbidden'; RETURN NEXT; RETURN;
  END IF;
  IF c.redeemed_at IS NULL AND scopes_withdrawn(c.scopes, p_scope_names) THEN
    outcome := 'scope_withdrawn'; RETURN NEXT; RETURN;
  END IF;
  IF c.redeemed_at IS NOT NULL THEN
    outcome := 'code_replayed';
    connection_id := c.connection_id;
    -- The connection may have ended in another way meanwhile: its access tokens end now all the same.
    PERFORM end_connection(c.connection_id, 'replayed', at);
    IF NOT EXISTS (SELECT 1 FROM token_not_before n WHERE n.subject = 'connection:' || c.connection_id) THEN
      INSERT INTO audit_events (user_id, kind, subject, data)
      VALUES (g.user_id, 'code_replayed', 'connection:' || c.connection_id, jsonb_build_object('appId', c.app_id));
    END IF;
    PERFORM set_not_before('connection:' || c.connection_id);
    RETURN NEXT; RETURN;
  END IF;

  scopes := c.scopes;
  SELECT u.username, t.name INTO username, tenant FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = g.user_id;
  refresh_issued := (p_secret_shown AND c.lasting) OR c.offline_access;
  IF c.playground THEN
    -- One at a time: the one before ends.
    PERFORM end_connection(con.id, 'playground_again', at) FROM connections con
     WHERE con.grant_id = g.id AND con.playground AND con.ended_at IS NULL;
  ELSIF NOT refresh_issued THEN
    -- A client without refresh tokens asks again every hour: the same browser stays the same connection. Locked, for
    -- housekeeping ends such connections without the grant's lock: one that it has just ended is passed over.
    SELECT con.id INTO connection_id FROM connections con
     WHERE con.grant_id = g.id AND con.ended_at IS NULL AND con.user_agent = c.user_agent AND NOT con.has_refresh_token
       AND NOT con.playground
     ORDER BY con.connected_at DESC LIMIT 1 FOR NO KEY UPDATE;
  END IF;
  IF connection_id IS NULL THEN
    connection_id := p_connection_id;
    INSERT INTO connections (id, grant_id, app_id, scopes, user_agent, ip, connected_at, issued_at, has_refresh_token, playground, seen_at)
    -- Who makes one has seen it: no news.
    VALUES (connection_id, g.id, c.app_id, c.scopes, c.user_agent, c.ip, at, at, refresh_issued, c.playground, CASE WHEN c.playground THEN at END);
  ELSE
    UPDATE connections con SET issued_at = at, scopes = c.scopes, ip = c.ip WHERE con.id = connection_id;
  END IF;
  UPDATE authorization_codes ac SET redeemed_at = at, connection_id = redeem_code.connection_id
   WHERE ac.digest = p_digest AND ac.redeemed_at IS NULL;

  IF refresh_issued THEN
    IF NOT c.playground THEN
      -- The ten: the oldest by issue time make room. Families that have expired hold no place, and those of the playground none.
      SELECT count(*) INTO evicted FROM (
        SELECT end_connection(old.connection_id, 'evicted', at) FROM (
          SELECT rt.connection_id FROM refresh_tokens rt
           WHERE rt.grant_id = g.id AND rt.revoked_at IS NULL AND (rt.expires_at IS NULL OR rt.expires_at > at) AND NOT rt.playground
           ORDER BY rt.issued_at DESC, rt.id DESC OFFSET p_max_tokens - 1
        ) old OFFSET 0
      ) ended;
    END IF;
    -- A day at most where the playground asked (PLAYGROUND_LIFETIME_SECONDS), also for tokens that never expire.
    refresh_expires_at := at + make_interval(secs => CASE WHEN c.playground THEN least(p_refresh_seconds, 86400) ELSE p_refresh_seconds END);
    INSERT INTO refresh_tokens (connection_id, grant_id, app_id, digest, with_secret, issued_at, expires_at, playground)
    VALUES (connection_id, g.id, c.app_id, p_refresh_digest, p_secret_shown, at, refresh_expires_at, c.playground);
  END IF;
  outcome := 'ok';
  RETURN NEXT;
END $$;

-- Refreshes (RFC 6749 §6). Families that rotate do so with confirmation: the old key is retired only when its successor
-- is first used (RFC 9700 §4.14.2), so a lost answer costs nothing.
CREATE OR REPLACE FUNCTION refresh_access(
  p_digest bytea,
  p_app_id integer,
  p_secret_shown boolean,
  p_successors bytea[],      -- digests of the successor of the key shown, one for each server key, newest first
  p_jti uuid,
  p_kid text,
  p_interval_seconds integer,
  p_scope_names text[] DEFAULT NULL  -- as in redeem_code
) RETURNS TABLE (
  outcome text, event text, at timestamptz, user_id uuid, username text, tenant text, scopes text,
  connection_id uuid, rotates boolean, successor integer, refresh_expires_at timestamptz,
  retry_after numeric, last_refresh_at timestamptz, last_jti uuid, last_kid text
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  f refresh_tokens%ROWTYPE;
  g grants%ROWTYPE;
  v_family uuid;
  v_grant uuid;
  v_held boolean;
  v_role text;
  v_scopes text;
BEGIN
  PERFORM use_app_tokens(p_app_id);
  SELECT fam.id, fam.grant_id, use_tenant_tokens(u.tenant_id, a.tenant_id) INTO v_family, v_grant, v_held
    FROM family_of(p_digest) fam JOIN grants gr ON gr.id = fam.grant_id JOIN users u ON u.id = gr.user_id JOIN apps a ON a.id = gr.app_id;
  IF NOT FOUND THEN
    outcome := 'refresh_unknown'; RETURN NEXT; RETURN;
  END IF;
  SELECT * INTO g FROM grants gr WHERE gr.id = v_grant FOR UPDATE;
  SELECT * INTO f FROM refresh_tokens rt WHERE rt.id = v_family FOR UPDATE;
  IF NOT FOUND THEN
    outcome := 'refresh_unknown'; RETURN NEXT; RETURN;
  END IF;
  at := db_now();
  v_role := CASE WHEN f.digest = p_digest THEN 'current' WHEN f.pending_digest = p_digest THEN 'pending' ELSE 'retired' END;
  user_id := g.user_id;
  connection_id := f.connection_id;
  rotates := NOT f.with_secret;
  refresh_expires_at := f.expires_at;
  IF f.revoked_at IS NULL THEN
    -- Decided for all of the app's families at once, and not written on this one yet.
    f.revoked_reason := (SELECT e.reason FROM app_endings e
      WHERE e.app_id = f.app_id AND f.issued_at <= e.at AND NOT e.codes_only AND coalesce(e.with_secret, f.with_secret) = f.with_secret
      ORDER BY e.at, e.id LIMIT 1);
  END IF;

  outcome := CASE
    WHEN f.app_id <> p_app_id THEN 'refresh_wrong_client'
    WHEN f.with_secret AND NOT p_secret_shown THEN 'refresh_secret_missing'
    WHEN f.revoked_reason IS NOT NULL THEN 'refresh_revoked'
    WHEN f.expires_at <= at THEN 'refresh_expired'
    ELSE grant_problem(f.app_id, g.user_id)
  END;
  IF outcome IS NOT NULL THEN
    IF outcome = 'refresh_revoked' THEN event := f.revoked_reason; END IF;
    RETURN NEXT; RETURN;
  END IF;
  IF g.revoked_at IS NOT NULL THEN
    outcome := 'grant_ended'; RETURN NEXT; RETURN;
  END IF;

  IF v_role = 'retired' THEN
    outcome := 'refresh_retired';
    PERFORM end_stolen(f.connection_id, g.user_id, f.app_id, at);
    RETURN NEXT; RETURN;
  END IF;

  -- Theft is seen whatever the app may ask for; from here on nothing is changed for a token that could open nothing.
  v_scopes := (SELECT con.scopes FROM connections con WHERE con.id = f.connection_id);
  IF scopes_withdrawn(v_scopes, p_scope_names) THEN
    outcome := 'scope_withdrawn'; RETURN NEXT; RETURN;
  END IF;

  last_refresh_at := f.last_refresh_at;
  last_jti := f.last_jti;
  last_kid := f.last_kid;
  IF at < f.last_refresh_at + make_interval(secs => p_interval_seconds) THEN
    outcome := 'refresh_too_soon';
    retry_after := extract(epoch FROM f.last_refresh_at + make_interval(secs => p_interval_seconds) - at);
    scopes := v_scopes;
    SELECT u.username, t.name INTO username, tenant FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = g.user_id;
    successor := array_position(p_successors, f.pending_digest);
    RETURN NEXT; RETURN;
  END IF;

  successor := 1;
  IF v_role = 'pending' THEN
    -- The successor was used: its predecessor is retired, and one that comes back is theft.
    INSERT INTO retired_refresh_tokens (digest, refresh_token_id, retired_at) VALUES (f.digest, f.id, at);
    f.redelivery_streak := CASE WHEN f.redelivered THEN f.redelivery_streak ELSE 0 END;
    f.redelivered := false;
    f.generation := f.generation + 1;
    f.digest := p_digest;
    f.pending_digest := p_successors[1];
  ELSIF f.pending_digest IS NOT NULL THEN
    -- The same successor again: its first delivery was lost, or two places use one token.
    successor := coalesce(array_position(p_successors, f.pending_digest), 1);
    f.pending_digest := p_successors[successor];
    IF NOT f.redelivered THEN
      f.redelivered := true;
      f.redelivery_streak := f.redelivery_streak + 1;
      IF f.redelivery_streak = 2 THEN
        event := 'used_from_two_places';
        INSERT INTO audit_events (user_id, kind, subject, data)
        VALUES (g.user_id, event, 'connection:' || f.connection_id, jsonb_build_object('appId', f.app_id));
      ELSIF f.redelivery_streak > 2 THEN
        outcome := 'refresh_diverged';
        PERFORM end_stolen(f.connection_id, g.user_id, f.app_id, at);
        RETURN NEXT; RETURN;
      END IF;
    END IF;
  ELSIF rotates THEN
    f.pending_digest := p_successors[1];
  END IF;
  UPDATE refresh_tokens rt
     SET digest = f.digest, pending_digest = f.pending_digest, generation = f.generation, redelivered = f.redelivered,
         redelivery_streak = f.redelivery_streak, last_refresh_at = at, last_jti = p_jti, last_kid = p_kid
   WHERE rt.id = f.id;

  scopes := v_scopes;
  SELECT u.username, t.name INTO username, tenant FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = g.user_id;
  outcome := 'ok';
  RETURN NEXT;
END $$;
