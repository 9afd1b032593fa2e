// Reads an AsyncAPI document from standard input with AsyncAPI's own parser; prints, as JSON, its
// version and everything that the parser has to say about it.
import { Parser } from "@asyncapi/parser";
import { readFileSync } from "node:fs";

const { document, diagnostics } = await new Parser().parse(readFileSync(0, "utf8"));
const said = diagnostics.map(({ code, severity, message, path }) => ({ code, severity, message, path }));
process.stdout.write(JSON.stringify({ version: document?.version() ?? null, said }));
