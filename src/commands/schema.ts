/** `spt schema`: the JSON Schemas of the two YAML files, for editors. */
import { Argument, Command } from 'commander';
import { configJsonSchema, pipelinesJsonSchema, type JsonSchema } from '../config/json-schema.js';
import { safeJson } from '../terminal/printable.js';

/** The two files by their names without `.yaml`. */
export const SCHEMAS: { [file: string]: () => JsonSchema } = {
  config: configJsonSchema,
  pipe_configs: pipelinesJsonSchema,
};

/** Where the schema of a file stands, relative to the folder of the file. */
export function schemaFile(name: string): string {
  return `.schema/${name}.json`;
}

/** The line of a YAML file that names its schema. It is a comment, so it changes nothing. */
export function modeline(name: string): string {
  return `# yaml-language-server: $schema=${schemaFile(name)}`;
}

/** The schema of a file as text, with a line end. */
export function schemaText(name: string): string {
  return `${safeJson(SCHEMAS[name]())}\n`;
}

const AFTER_HELP = `
spt init writes both files into configs/.schema/, and a first line into each
YAML file that names its schema. Editors with a YAML language server (VS Code
with the YAML extension, Neovim, Emacs, Helix, JetBrains) follow that line:

  ${modeline('config')}

In an older search, or after an update of spt:
  mkdir -p configs/.schema
  spt schema config > configs/.schema/config.json
  spt schema pipe_configs > configs/.schema/pipe_configs.json`;

export function schema(): Command {
  return new Command('schema')
    .summary('the JSON Schema of a YAML file, for editors')
    .description(
      'Prints the JSON Schema (draft 7) of configs/config.yaml or of configs/pipe_configs.yaml. With it, an editor ' +
        'completes keys, steps and parameters, explains them, and marks mistakes. A schema cannot say all rules: ' +
        'spt enqueue --dry-run checks everything.',
    )
    .addArgument(new Argument('<file>', 'which file').choices(Object.keys(SCHEMAS)))
    .addHelpText('after', AFTER_HELP)
    .action((file: string) => void process.stdout.write(schemaText(file)));
}
