import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';

/**
 * Records as a file of comma-separated values to be saved (RFC 4180, UTF-8 with the mark by which spreadsheets see that it
 * is). Sent as they are read; what a spreadsheet would take for a formula is escaped.
 * @param name of the file, without its ending
 */
export function csvResponse(name: string, columns: string[], records: AsyncIterable<string[]>): Response {
  const rows = Readable.from(records);
  const csv = rows.pipe(
    stringify({ header: true, columns, bom: true, escape_formulas: true, record_delimiter: 'windows' }),
  );
  rows.on('error', (error) => csv.destroy(error));
  return new Response(Readable.toWeb(csv) as ReadableStream, {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${name}.csv"`,
      'Cache-Control': 'no-store',
    },
  });
}
