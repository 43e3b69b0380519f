-- Revokes a refresh token (RFC 7009 §2.1). Unknown, expired and revoked ones change nothing (§2.2). The access token lives on.
-- A client that showed its secret when the token was issued is a confidential one for it, and must authenticate (§2.1).
-- The default is for processes that were started before this.
DROP FUNCTION revoke_refresh_token(bytea, integer, text);
CREATE FUNCTION revoke_refresh_token(
  p_digest bytea,
  p_app_id integer,  -- null: possession is enough
  p_reason text,
  p_secret_shown boolean DEFAULT true
) RETURNS TABLE (outcome text, app_id integer, user_id uuid, connection_id uuid) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  f refresh_tokens%ROWTYPE;
  v_family uuid;
  v_grant uuid;
BEGIN
  SELECT fam.id, fam.grant_id INTO v_family, v_grant FROM family_of(p_digest) fam;
  IF NOT FOUND THEN
    outcome := 'refresh_unknown'; RETURN NEXT; RETURN;
  END IF;
  SELECT gr.user_id INTO user_id FROM grants gr WHERE gr.id = v_grant FOR UPDATE;
  SELECT * INTO f FROM refresh_tokens rt WHERE rt.id = v_family FOR UPDATE;
  app_id := f.app_id;
  connection_id := f.connection_id;
  outcome := CASE
    WHEN p_app_id IS NOT NULL AND f.app_id <> p_app_id THEN 'refresh_wrong_client'
    WHEN f.revoked_at IS NOT NULL THEN 'refresh_revoked'
    WHEN p_app_id IS NOT NULL AND f.with_secret AND NOT p_secret_shown THEN 'refresh_secret_missing'
    ELSE 'ok'
  END;
  IF outcome = 'ok' THEN
    PERFORM end_connection(f.connection_id, p_reason, db_now());
  END IF;
  RETURN NEXT;
END $$;
