import { Command } from 'commander'

/** A command that is about one name, beside the database or through a server. */
export function nameCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<name>', 'the name; put -- in front of one that begins with a hyphen')
    .option('--url <url>', 'through the server there, as the administrator whose token is in DIBS_TOKEN')
    .option('--json', 'print the result as JSON')
}
