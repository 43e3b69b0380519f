import type pg from 'pg';

type Row = { subject: string; notBefore: Date };

/** Every not-before time that an access token of one hour can still meet. */
export async function loadNotBefore(pool: pg.Pool): Promise<Row[]> {
  const { rows } = await pool.query<Row>(
    `SELECT subject, not_before AS "notBefore" FROM token_not_before WHERE not_before > clock_timestamp() - interval '65 minutes'`,
  );
  return rows;
}

/** The not-before times of these subjects. */
export async function findNotBefore(pool: pg.Pool, subjects: string[]): Promise<Row[]> {
  const { rows } = await pool.query<Row>({
    name: 'find-not-before',
    text: 'SELECT subject, not_before AS "notBefore" FROM token_not_before WHERE subject = ANY($1)',
    values: [subjects],
  });
  return rows;
}
