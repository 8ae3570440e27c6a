/**
 * For the people who change schema.ts: `npx drizzle-kit generate --config src/objects/drizzle.config.ts --name <what>`
 * writes the next migration. Nothing here runs in the service.
 */
export default {
  dialect: 'sqlite',
  schema: './src/objects/schema.ts',
  out: './src/objects/migrations',
};
