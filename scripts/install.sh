#!/usr/bin/env bash
# Copies the program and its shell completions below a prefix, or removes them:
#   scripts/install.sh install BINARY PREFIX
#   scripts/install.sh uninstall PREFIX
# DESTDIR, if set, stands before every path that is written: packages are made that way.
set -euo pipefail

action=$1
prefix=${*: -1}
# Not every shell expands ~ in PREFIX=~/.local.
case $prefix in "~" | "~/"*) prefix=$HOME${prefix#\~} ;; esac
case $prefix in
  /*) ;;
  *)
    echo "install: PREFIX is $prefix, but must begin with /; try PREFIX=\$PWD/$prefix" >&2
    exit 1
    ;;
esac
root=${DESTDIR:-}$prefix
program=$root/bin/toposheet
bash_completion=$root/share/bash-completion/completions/toposheet
zsh_completion=$root/share/zsh/site-functions/_toposheet
fish_completion=$root/share/fish/vendor_completions.d/toposheet.fish

if [ "$action" = uninstall ]; then
  rm -f "$program" "$bash_completion" "$zsh_completion" "$fish_completion"
  echo "uninstall: removed $program and its completions"
  exit 0
fi

binary=$2
for file in "$program" "$bash_completion" "$zsh_completion" "$fish_completion"; do
  if ! mkdir -p "$(dirname "$file")" 2>/dev/null || [ ! -w "$(dirname "$file")" ]; then
    echo "install: $(dirname "$file") cannot be written to; choose another folder, such as" \
      "PREFIX=~/.local" >&2
    exit 1
  fi
done
install -m 755 "$binary" "$program"
write_completion() {
  "$binary" --generate-completion-script "$1" >"$2"
  chmod 644 "$2"
}
write_completion bash "$bash_completion"
write_completion zsh "$zsh_completion"
write_completion fish "$fish_completion"
echo "install: $program"

case :$PATH: in
  *:"$prefix/bin":*) ;;
  *) echo "install: add it to your PATH: export PATH=\"$prefix/bin:\$PATH\"" ;;
esac
