/** The completion scripts of bash, zsh and fish. They start no process of Node, so that the Tab key answers at once. */
import type { CompletedCommand, CompletedOption, Source } from './model.js';

/** A text between single quotes, for any of the shells. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const sourceText = (source: Source): string =>
  source.kind === 'words' ? `words ${source.words.join(' ')}` : source.kind;

/** The part of a description that fits beside a word: up to its first clause, and at most 60 characters. */
function short(about: string): string {
  const [clause] = about.split(/[;(]/);
  return clause.length <= 60 ? clause.trim() : `${clause.slice(0, 57).trim()}...`;
}

// ---- bash and zsh

/**
 * What the commands take, as functions of sh. `__spt_operands PATH` and `__spt_values PATH OPTION` print where values
 * come from; the latter first says whether one value follows or many.
 */
function tables(commands: readonly CompletedCommand[]): string {
  const operands = commands.map(
    ({ path, operands: from }) => `    ${quoted(path)}) echo ${quoted(sourceText(from))} ;;`,
  );
  const options = commands.map(
    ({ path, options: all }) =>
      `    ${quoted(path)}) echo ${quoted(all.flatMap(({ names }) => names).join(' '))} ;;`,
  );
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `__spt_operands() {
  case "$1" in
${operands.join('\n')}
  esac
}
__spt_options() {
  case "$1" in
${options.join('\n')}
  esac
}
__spt_values() {
  case "$1 $2" in
${commands.flatMap(valueCases).join('\n')}
  esac
}
__spt_is_command() {
  case "$1" in
    ${paths.join(' | ')}) return 0 ;;
  esac
  return 1
}
__spt_names() {
  case "$1" in
    pipelines) ${PIPELINES('"$2/configs/pipe_configs.yaml"')} ;;
    splits) ${SPLITS('"$2/configs/config.yaml"')} ;;
    ids) ${IDS('"$3"')} ;;
  esac
}`;
}

function valueCases({ path, options }: CompletedCommand): string[] {
  return options
    .filter(({ takes }) => takes !== 'none')
    .map(({ names, takes, values }) => {
      const patterns = names.map(name => quoted(`${path} ${name}`)).join(' | ');
      return `    ${patterns}) echo ${quoted(`${takes} ${sourceText(values)}`)} ;;`;
    });
}

/** The keys at the top of pipe_configs.yaml. */
const PIPELINES = (file: string): string =>
  `sed -n 's/^\\([A-Za-z0-9][A-Za-z0-9_.-]*\\):.*/\\1/p' ${file} 2>/dev/null`;

/** The keys below `splits:` of config.yaml, also without `train_`. */
const SPLITS = (file: string): string =>
  `awk '/^splits:/ { on = 1; next } /^[^ #]/ { on = 0 } on && /^ +[A-Za-z0-9]/ { match($0, /^ +/); ` +
  `if (!n) n = RLENGTH; if (RLENGTH == n) { sub(/^ +/, ""); sub(/ *:.*/, ""); print; ` +
  `if (sub(/^train_/, "")) print } }' ${file} 2>/dev/null`;

/** The ids near the end of the log. Only hexadecimal digits get through, whatever a log holds. */
const IDS = (log: string): string =>
  `ls ${log} 2>/dev/null | grep '^events-[0-9]*[.]jsonl$' | tail -n 2 | ` +
  `xargs -I{} tail -c 1000000 ${log}/{} 2>/dev/null | ` +
  `grep -o '"config":\\({"id":\\)\\{0,1\\}"[0-9a-f]\\{16\\}"' | grep -o '[0-9a-f]\\{16\\}' | sort -u`;

export function bashScript(commands: readonly CompletedCommand[]): string {
  return `# Completion of spt for bash. Add this line to ~/.bashrc:
#   source <(spt completion bash)
${tables(commands)}
_spt() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path='' open='' root='.' log='' previous='' word source i
  COMPREPLY=()
  [[ $cur == '=' ]] && cur=''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    [[ $word == '=' ]] && continue
    if [[ $word == -* ]]; then
      open="$(__spt_values "$path" "$word")"
    elif [[ $open == one* ]]; then
      [[ $previous == --root ]] && root="$word"
      [[ $previous == --log ]] && log="$word"
      open=''
    elif [[ -z $open ]] && __spt_is_command "\${path:+$path }$word"; then
      path="\${path:+$path }$word"
    fi
    previous="$word"
  done
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$(__spt_options "$path")" -- "$cur"))
    return
  fi
  if [[ -n $open ]]; then source="\${open#* }"; else source="$(__spt_operands "$path")"; fi
  local IFS=$' \\t\\n'
  case "$source" in
    words*) COMPREPLY=($(compgen -W "\${source#words}" -- "$cur")) ;;
    files) compopt -o filenames 2>/dev/null; IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$cur")) ;;
    folders) compopt -o filenames 2>/dev/null; IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$cur")) ;;
    pipelines | splits | ids)
      COMPREPLY=($(compgen -W "$(__spt_names "$source" "$root" "\${log:-$root/log}")" -- "$cur")) ;;
  esac
}
complete -F _spt spt
`;
}

export function zshScript(commands: readonly CompletedCommand[]): string {
  const described = commands.flatMap(({ path, about, options }) => [
    ...(path === '' ? [] : [`  ${quoted(`command ${path}`)} ${quoted(short(about))}`]),
    ...options.flatMap(({ names, about: text }) =>
      names.map(name => `  ${quoted(`${path} ${name}`)} ${quoted(short(text))}`),
    ),
  ]);
  return `#compdef spt
# Completion of spt for zsh. Add this line to ~/.zshrc, after compinit:
#   source <(spt completion zsh)
${tables(commands)}
typeset -gA __spt_about
__spt_about=(
${described.join('\n')}
)
_spt() {
  local cmd='' open='' root='.' log='' previous='' word source
  local -a items lines
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ $word == -* ]]; then
      open="$(__spt_values "$cmd" "$word")"
    elif [[ $open == one* ]]; then
      [[ $previous == --root ]] && root="$word"
      [[ $previous == --log ]] && log="$word"
      open=''
    elif [[ -z $open ]] && __spt_is_command "\${cmd:+$cmd }$word"; then
      cmd="\${cmd:+$cmd }$word"
    fi
    previous="$word"
  done
  if [[ \${words[CURRENT]} == -* ]]; then
    for word in \${=$(__spt_options "$cmd")}; do lines+=("\${word}:\${__spt_about[$cmd $word]}"); done
    _describe -o option lines
    return
  fi
  if [[ -n $open ]]; then source="\${open#* }"; else source="$(__spt_operands "$cmd")"; fi
  case "$source" in
    words*)
      for word in \${=source#words}; do
        lines+=("\${word}:\${__spt_about[command \${cmd:+$cmd }$word]}")
      done
      _describe value lines ;;
    files) _files ;;
    folders) _files -/ ;;
    pipelines | splits | ids)
      items=(\${(f)"$(__spt_names "$source" "$root" "\${log:-$root/log}")"})
      compadd -a items ;;
  esac
}
compdef _spt spt
`;
}

// ---- fish

const FISH_NAMES = `function __spt_value
  set -l tokens (commandline -opc)
  for i in (seq (count $tokens))
    if test "$tokens[$i]" = "$argv[1]"; and test $i -lt (count $tokens)
      echo $tokens[(math $i + 1)]
      return
    end
  end
  echo $argv[2]
end
function __spt_pipelines
  set -l root (__spt_value --root .)
  ${PIPELINES('$root/configs/pipe_configs.yaml')}
end
function __spt_splits
  set -l root (__spt_value --root .)
  ${SPLITS('$root/configs/config.yaml')}
end
function __spt_ids
  set -l log (__spt_value --log (__spt_value --root .)/log)
  ${IDS('$log')}
end`;

export function fishScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `# Completion of spt for fish. Save it where fish looks for it:
#   spt completion fish > ~/.config/fish/completions/spt.fish
${FISH_NAMES}
function __spt_at
  set -l path
  for word in (commandline -opc)[2..-1]
    string match -q -- '-*' $word; and continue
    set -l longer (string join ' ' $path $word)
    contains -- $longer ${paths.join(' ')}; and set path $path $word
  end
  test "$path" = "$argv[1]"
end
complete -c spt -f
${commands.flatMap(command => fishLines(command, commands)).join('\n')}
`;
}

function fishLines(
  { path, options, operands }: CompletedCommand,
  all: readonly CompletedCommand[],
): string[] {
  const at = `complete -c spt -n ${fishQuoted(`__spt_at ${fishQuoted(path)}`)}`;
  const operandLines =
    operands.kind === 'words'
      ? operands.words.map(word => {
          const about = all.find(one => one.path === (path === '' ? word : `${path} ${word}`))?.about;
          return `${at} -a ${fishQuoted(word)}${about ? ` -d ${fishQuoted(short(about))}` : ''}`;
        })
      : fishValues(operands).map(values => `${at} ${values}`);
  return [...operandLines, ...options.map(option => `${at} ${fishOption(option)}`)];
}

function fishOption({ names, about, takes, values }: CompletedOption): string {
  const named = names.map(name => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const isPath = values.kind === 'files' || values.kind === 'folders';
  const value = takes === 'none' ? [] : [isPath ? '-r' : '-x', ...fishValues(values)];
  return [...named, ...value, `-d ${fishQuoted(short(about))}`].join(' ');
}

function fishValues(source: Source): string[] {
  switch (source.kind) {
    case 'words':
      return [`-a ${fishQuoted(source.words.join(' '))}`];
    case 'files':
    case 'folders':
      return ['-F'];
    case 'own':
      return [];
    default:
      return [`-a ${fishQuoted(`(__spt_${source.kind})`)}`];
  }
}

/** In fish, a backslash escapes itself and the quote, also between single quotes. */
const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
