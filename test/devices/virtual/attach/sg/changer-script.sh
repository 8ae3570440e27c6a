#!/bin/sh
# What backup programs want of a changer, made of mtx and mt:
#   changer-script.sh CHANGER slots|list
#   changer-script.sh CHANGER loaded|load|unload SLOT DRIVE [TAPE]
set -u
changer=$1 action=$2 slot=${3:-} drive=${4:-} tape=${5:-}
status() { mtx -f "$changer" status || exit 3; }
loaded() {
  status | sed -n "s/^Data Transfer Element $drive:Full (Storage Element \([0-9]*\) Loaded).*/\1/p" | grep . || echo 0
}
wait_ready() {
  for second in 1 2 3 4 5; do
    mt -f "$tape" status | grep -q ONLINE && return 0
    sleep 1
  done
  return 4
}
case $action in
slots) status | sed -n 's/.*, \([0-9]*\) Slots.*/\1/p' ;;
list) status | sed -n 's/^ *Storage Element \([0-9]*\).*VolumeTag=\([^ ]*\).*/\1:\2/p' ;;
loaded) loaded ;;
load) [ "$(loaded)" = 0 ] && mtx -f "$changer" load "$slot" "$drive" && wait_ready ;;
unload) mt -f "$tape" offline && mtx -f "$changer" unload "$slot" "$drive" ;;
*) exit 2 ;;
esac
