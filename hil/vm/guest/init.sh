#!/bin/busybox sh
# The first process of a guest. Puts a root together (the host's, read-only, under a layer in memory), and then runs what
# the bench asks for: "run NUMBER SECONDS" on the channel runs /out/commands/NUMBER.sh as root in that root, as many at a
# time as are asked for, and "NUMBER STATUS" answers it.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
give_up() {
  echo "[guest] $*" >/dev/console
  poweroff -f
}

modprobe -a virtio_pci 9pnet_virtio 9p overlay virtio_console virtio_net || give_up "a module does not load"
share="trans=virtio,version=9p2000.L,msize=512000"
mount -t 9p -o $share,ro,cache=loose host /lower || give_up "the host's root does not mount"
mount -t tmpfs -o size=75% rw /rw
mkdir /rw/upper /rw/work
mount -t overlay -o lowerdir=/lower,upperdir=/rw/upper,workdir=/rw/work overlay /newroot || give_up "no overlay"

root=/newroot
for tree in proc sys dev; do
  mkdir -p $root/$tree
  mount --move /$tree $root/$tree
done
mkdir -p $root/dev/pts $root/dev/shm $root/out $root/lib/modules
mount -t devpts devpts $root/dev/pts
mount -t tmpfs shm $root/dev/shm
mount -t tmpfs run $root/run
mount -t 9p -o $share,cache=none out $root/out || give_up "the bench's folder does not mount"
mount --bind /lib/modules $root/lib/modules
for program in modprobe insmod rmmod lsmod; do ln -sf /bin/busybox $root/usr/sbin/$program; done
ln -s /proc/self/fd $root/dev/fd
hostname openrsm-vm
ifconfig lo 127.0.0.1 up
# QEMU's user network: the host's loopback is 10.0.2.2.
ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up 2>/dev/null

cat >$root/run/obey.sh <<'OBEY'
exec 3<>/dev/vport0p1
echo ready >&3
while read -r _ number seconds <&3; do
  {
    timeout -k 2 "$seconds" /bin/sh "/out/commands/$number.sh" >"/out/commands/$number.stdout" 2>"/out/commands/$number.stderr"
    echo "$number $?" >&3
  } </dev/null &
done
OBEY
chroot $root /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
  LANG=C.UTF-8 /bin/sh /run/obey.sh </dev/null >/newroot/dev/console 2>&1
echo o >$root/proc/sysrq-trigger
