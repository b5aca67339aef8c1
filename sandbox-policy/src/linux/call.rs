//! Every Linux system call by name: its number on each architecture, the errno it is refused with, and what its
//! arguments name.
//!
//! Numbers are those of Linux 6.18 (`arch/x86/entry/syscalls/syscall_64.tbl` and `scripts/syscall.tbl`). A call that
//! a later kernel adds is missing here and therefore refused.

use super::Arch;

/// What the arguments of a call point at, so that a refusal can be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Nothing outside the process.
    Nothing,
    /// The descriptor in this argument.
    Descriptor(u8),
    /// The descriptors in these two arguments, the source first.
    TwoDescriptors(u8, u8),
    /// The descriptor in this argument, unless the mapping is anonymous.
    Mapping(u8),
    /// The path in this argument.
    Path(u8),
    /// The directory and the path beneath it.
    PathAt(u8, u8),
    /// Another host or program.
    Peer,
    /// Another process or thread.
    Process,
}

/// Errno of a refused call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum Refusal {
    /// Operation not permitted: the ordinary refusal.
    EPERM = 1,
    /// Function not implemented: makes libc fall back to a call whose arguments the filter can see.
    ENOSYS = 38,
}

macro_rules! names {
    (none) => {
        Names::Nothing
    };
    (fd($a:literal)) => {
        Names::Descriptor($a)
    };
    (two($a:literal, $b:literal)) => {
        Names::TwoDescriptors($a, $b)
    };
    (map($a:literal)) => {
        Names::Mapping($a)
    };
    (path($a:literal)) => {
        Names::Path($a)
    };
    (at($a:literal, $b:literal)) => {
        Names::PathAt($a, $b)
    };
    (peer) => {
        Names::Peer
    };
    (process) => {
        Names::Process
    };
}

macro_rules! number {
    (-) => {
        None
    };
    ($n:literal) => {
        Some($n)
    };
}

macro_rules! calls {
    ($($name:ident $x86_64:tt $aarch64:tt $riscv64:tt $errno:ident $kind:ident $(($($arg:literal),*))?;)*) => {
        /// A system call, by its kernel name.
        #[allow(non_camel_case_types, missing_docs, reason = "each is named as the kernel names it")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Call { $($name),* }

        struct Row {
            name: &'static str,
            numbers: [Option<u32>; 3],
            refusal: Refusal,
            names: Names,
        }

        /// Every call there is, in the order of the x86_64 table.
        pub const ALL: &[Call] = &[$(Call::$name),*];

        static ROWS: &[Row] = &[$(Row {
            name: stringify!($name),
            numbers: [number!($x86_64), number!($aarch64), number!($riscv64)],
            refusal: Refusal::$errno,
            names: names!($kind $(($($arg),*))?),
        }),*];
    };
}

impl Call {
    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// The kernel's name of the call.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Its number on `arch`, if it exists there.
    #[must_use]
    pub fn number(self, arch: Arch) -> Option<u32> {
        self.row().numbers[arch as usize]
    }

    /// The errno that a refused call returns.
    #[must_use]
    pub fn refusal(self) -> Refusal {
        self.row().refusal
    }

    /// What its arguments name.
    #[must_use]
    pub fn names(self) -> Names {
        self.row().names
    }

    /// The call with this number on `arch`.
    #[must_use]
    pub fn with_number(arch: Arch, number: u32) -> Option<Self> {
        ALL.iter().copied().find(|call| call.number(arch) == Some(number))
    }
}

impl std::fmt::Display for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[rustfmt::skip]
calls! {
    // name               x86_64 aarch64 riscv64 refused with, names
    read                       0   63   63  EPERM   fd(0);
    write                      1   64   64  EPERM   fd(0);
    open                       2    -    -  EPERM   path(0);
    close                      3   57   57  EPERM   fd(0);
    stat                       4    -    -  EPERM   path(0);
    fstat                      5   80   80  EPERM   fd(0);
    lstat                      6    -    -  EPERM   path(0);
    poll                       7    -    -  EPERM   none;
    lseek                      8   62   62  EPERM   fd(0);
    mmap                       9  222  222  EPERM   map(4);
    mprotect                  10  226  226  EPERM   none;
    munmap                    11  215  215  EPERM   none;
    brk                       12  214  214  EPERM   none;
    rt_sigaction              13  134  134  EPERM   none;
    rt_sigprocmask            14  135  135  EPERM   none;
    rt_sigreturn              15  139  139  EPERM   none;
    ioctl                     16   29   29  EPERM   fd(0);
    pread64                   17   67   67  EPERM   fd(0);
    pwrite64                  18   68   68  EPERM   fd(0);
    readv                     19   65   65  EPERM   fd(0);
    writev                    20   66   66  EPERM   fd(0);
    access                    21    -    -  EPERM   path(0);
    pipe                      22    -    -  EPERM   none;
    select                    23    -    -  EPERM   none;
    sched_yield               24  124  124  EPERM   none;
    mremap                    25  216  216  EPERM   none;
    msync                     26  227  227  EPERM   none;
    mincore                   27  232  232  EPERM   none;
    madvise                   28  233  233  EPERM   none;
    shmget                    29  194  194  EPERM   none;
    shmat                     30  196  196  EPERM   none;
    shmctl                    31  195  195  EPERM   none;
    dup                       32   23   23  EPERM   fd(0);
    dup2                      33    -    -  EPERM   fd(0);
    pause                     34    -    -  EPERM   none;
    nanosleep                 35  101  101  EPERM   none;
    getitimer                 36  102  102  EPERM   none;
    alarm                     37    -    -  EPERM   none;
    setitimer                 38  103  103  EPERM   none;
    getpid                    39  172  172  EPERM   none;
    sendfile                  40   71   71  EPERM   two(1, 0);
    socket                    41  198  198  EPERM   peer;
    connect                   42  203  203  EPERM   fd(0);
    accept                    43  202  202  EPERM   fd(0);
    sendto                    44  206  206  EPERM   fd(0);
    recvfrom                  45  207  207  EPERM   fd(0);
    sendmsg                   46  211  211  EPERM   fd(0);
    recvmsg                   47  212  212  EPERM   fd(0);
    shutdown                  48  210  210  EPERM   fd(0);
    bind                      49  200  200  EPERM   fd(0);
    listen                    50  201  201  EPERM   fd(0);
    getsockname               51  204  204  EPERM   fd(0);
    getpeername               52  205  205  EPERM   fd(0);
    socketpair                53  199  199  EPERM   peer;
    setsockopt                54  208  208  EPERM   fd(0);
    getsockopt                55  209  209  EPERM   fd(0);
    clone                     56  220  220  EPERM   none;
    fork                      57    -    -  EPERM   none;
    vfork                     58    -    -  EPERM   none;
    execve                    59  221  221  EPERM   path(0);
    exit                      60   93   93  EPERM   none;
    wait4                     61  260  260  EPERM   none;
    kill                      62  129  129  EPERM   process;
    uname                     63  160  160  EPERM   none;
    semget                    64  190  190  EPERM   none;
    semop                     65  193  193  EPERM   none;
    semctl                    66  191  191  EPERM   none;
    shmdt                     67  197  197  EPERM   none;
    msgget                    68  186  186  EPERM   none;
    msgsnd                    69  189  189  EPERM   none;
    msgrcv                    70  188  188  EPERM   none;
    msgctl                    71  187  187  EPERM   none;
    fcntl                     72   25   25  EPERM   fd(0);
    flock                     73   32   32  EPERM   fd(0);
    fsync                     74   82   82  EPERM   fd(0);
    fdatasync                 75   83   83  EPERM   fd(0);
    truncate                  76   45   45  EPERM   path(0);
    ftruncate                 77   46   46  EPERM   fd(0);
    getdents                  78    -    -  EPERM   fd(0);
    getcwd                    79   17   17  EPERM   none;
    chdir                     80   49   49  EPERM   path(0);
    fchdir                    81   50   50  EPERM   fd(0);
    rename                    82    -    -  EPERM   path(0);
    mkdir                     83    -    -  EPERM   path(0);
    rmdir                     84    -    -  EPERM   path(0);
    creat                     85    -    -  EPERM   path(0);
    link                      86    -    -  EPERM   path(0);
    unlink                    87    -    -  EPERM   path(0);
    symlink                   88    -    -  EPERM   path(0);
    readlink                  89    -    -  EPERM   path(0);
    chmod                     90    -    -  EPERM   path(0);
    fchmod                    91   52   52  EPERM   fd(0);
    chown                     92    -    -  EPERM   path(0);
    fchown                    93   55   55  EPERM   fd(0);
    lchown                    94    -    -  EPERM   path(0);
    umask                     95  166  166  EPERM   none;
    gettimeofday              96  169  169  EPERM   none;
    getrlimit                 97  163  163  EPERM   none;
    getrusage                 98  165  165  EPERM   none;
    sysinfo                   99  179  179  EPERM   none;
    times                    100  153  153  EPERM   none;
    ptrace                   101  117  117  EPERM   process;
    getuid                   102  174  174  EPERM   none;
    syslog                   103  116  116  EPERM   none;
    getgid                   104  176  176  EPERM   none;
    setuid                   105  146  146  EPERM   none;
    setgid                   106  144  144  EPERM   none;
    geteuid                  107  175  175  EPERM   none;
    getegid                  108  177  177  EPERM   none;
    setpgid                  109  154  154  EPERM   none;
    getppid                  110  173  173  EPERM   none;
    getpgrp                  111    -    -  EPERM   none;
    setsid                   112  157  157  EPERM   none;
    setreuid                 113  145  145  EPERM   none;
    setregid                 114  143  143  EPERM   none;
    getgroups                115  158  158  EPERM   none;
    setgroups                116  159  159  EPERM   none;
    setresuid                117  147  147  EPERM   none;
    getresuid                118  148  148  EPERM   none;
    setresgid                119  149  149  EPERM   none;
    getresgid                120  150  150  EPERM   none;
    getpgid                  121  155  155  EPERM   none;
    setfsuid                 122  151  151  EPERM   none;
    setfsgid                 123  152  152  EPERM   none;
    getsid                   124  156  156  EPERM   none;
    capget                   125   90   90  EPERM   none;
    capset                   126   91   91  EPERM   none;
    rt_sigpending            127  136  136  EPERM   none;
    rt_sigtimedwait          128  137  137  EPERM   none;
    rt_sigqueueinfo          129  138  138  EPERM   process;
    rt_sigsuspend            130  133  133  EPERM   none;
    sigaltstack              131  132  132  EPERM   none;
    utime                    132    -    -  EPERM   path(0);
    mknod                    133    -    -  EPERM   path(0);
    uselib                   134    -    -  EPERM   path(0);
    personality              135   92   92  EPERM   none;
    ustat                    136    -    -  EPERM   none;
    statfs                   137   43   43  EPERM   path(0);
    fstatfs                  138   44   44  EPERM   fd(0);
    sysfs                    139    -    -  EPERM   none;
    getpriority              140  141  141  EPERM   none;
    setpriority              141  140  140  EPERM   none;
    sched_setparam           142  118  118  EPERM   none;
    sched_getparam           143  121  121  EPERM   none;
    sched_setscheduler       144  119  119  EPERM   none;
    sched_getscheduler       145  120  120  EPERM   none;
    sched_get_priority_max   146  125  125  EPERM   none;
    sched_get_priority_min   147  126  126  EPERM   none;
    sched_rr_get_interval    148  127  127  EPERM   none;
    mlock                    149  228  228  EPERM   none;
    munlock                  150  229  229  EPERM   none;
    mlockall                 151  230  230  EPERM   none;
    munlockall               152  231  231  EPERM   none;
    vhangup                  153   58   58  EPERM   none;
    modify_ldt               154    -    -  EPERM   none;
    pivot_root               155   41   41  EPERM   path(0);
    _sysctl                  156    -    -  EPERM   none;
    prctl                    157  167  167  EPERM   none;
    arch_prctl               158    -    -  EPERM   none;
    adjtimex                 159  171  171  EPERM   none;
    setrlimit                160  164  164  EPERM   none;
    chroot                   161   51   51  EPERM   path(0);
    sync                     162   81   81  EPERM   none;
    acct                     163   89   89  EPERM   path(0);
    settimeofday             164  170  170  EPERM   none;
    mount                    165   40   40  EPERM   path(0);
    umount2                  166   39   39  EPERM   path(0);
    swapon                   167  224  224  EPERM   path(0);
    swapoff                  168  225  225  EPERM   path(0);
    reboot                   169  142  142  EPERM   none;
    sethostname              170  161  161  EPERM   none;
    setdomainname            171  162  162  EPERM   none;
    iopl                     172    -    -  EPERM   none;
    ioperm                   173    -    -  EPERM   none;
    create_module            174    -    -  EPERM   none;
    init_module              175  105  105  EPERM   none;
    delete_module            176  106  106  EPERM   none;
    get_kernel_syms          177    -    -  EPERM   none;
    query_module             178    -    -  EPERM   none;
    quotactl                 179   60   60  EPERM   path(1);
    nfsservctl               180   42   42  EPERM   none;
    getpmsg                  181    -    -  EPERM   none;
    putpmsg                  182    -    -  EPERM   none;
    afs_syscall              183    -    -  EPERM   none;
    tuxcall                  184    -    -  EPERM   none;
    security                 185    -    -  EPERM   none;
    gettid                   186  178  178  EPERM   none;
    readahead                187  213  213  EPERM   fd(0);
    setxattr                 188    5    5  EPERM   path(0);
    lsetxattr                189    6    6  EPERM   path(0);
    fsetxattr                190    7    7  EPERM   fd(0);
    getxattr                 191    8    8  EPERM   path(0);
    lgetxattr                192    9    9  EPERM   path(0);
    fgetxattr                193   10   10  EPERM   fd(0);
    listxattr                194   11   11  EPERM   path(0);
    llistxattr               195   12   12  EPERM   path(0);
    flistxattr               196   13   13  EPERM   fd(0);
    removexattr              197   14   14  EPERM   path(0);
    lremovexattr             198   15   15  EPERM   path(0);
    fremovexattr             199   16   16  EPERM   fd(0);
    tkill                    200  130  130  EPERM   process;
    time                     201    -    -  EPERM   none;
    futex                    202   98   98  EPERM   none;
    sched_setaffinity        203  122  122  EPERM   none;
    sched_getaffinity        204  123  123  EPERM   none;
    set_thread_area          205    -    -  EPERM   none;
    io_setup                 206    0    0  EPERM   none;
    io_destroy               207    1    1  EPERM   none;
    io_getevents             208    4    4  EPERM   none;
    io_submit                209    2    2  EPERM   none;
    io_cancel                210    3    3  EPERM   none;
    get_thread_area          211    -    -  EPERM   none;
    lookup_dcookie           212   18   18  EPERM   none;
    epoll_create             213    -    -  EPERM   none;
    epoll_ctl_old            214    -    -  EPERM   none;
    epoll_wait_old           215    -    -  EPERM   none;
    remap_file_pages         216  234  234  EPERM   none;
    getdents64               217   61   61  EPERM   fd(0);
    set_tid_address          218   96   96  EPERM   none;
    restart_syscall          219  128  128  EPERM   none;
    semtimedop               220  192  192  EPERM   none;
    fadvise64                221  223  223  EPERM   fd(0);
    timer_create             222  107  107  EPERM   none;
    timer_settime            223  110  110  EPERM   none;
    timer_gettime            224  108  108  EPERM   none;
    timer_getoverrun         225  109  109  EPERM   none;
    timer_delete             226  111  111  EPERM   none;
    clock_settime            227  112  112  EPERM   none;
    clock_gettime            228  113  113  EPERM   none;
    clock_getres             229  114  114  EPERM   none;
    clock_nanosleep          230  115  115  EPERM   none;
    exit_group               231   94   94  EPERM   none;
    epoll_wait               232    -    -  EPERM   fd(0);
    epoll_ctl                233   21   21  EPERM   two(0, 2);
    tgkill                   234  131  131  EPERM   process;
    utimes                   235    -    -  EPERM   path(0);
    vserver                  236    -    -  EPERM   none;
    mbind                    237  235  235  EPERM   none;
    set_mempolicy            238  237  237  EPERM   none;
    get_mempolicy            239  236  236  EPERM   none;
    mq_open                  240  180  180  EPERM   path(0);
    mq_unlink                241  181  181  EPERM   path(0);
    mq_timedsend             242  182  182  EPERM   fd(0);
    mq_timedreceive          243  183  183  EPERM   fd(0);
    mq_notify                244  184  184  EPERM   fd(0);
    mq_getsetattr            245  185  185  EPERM   fd(0);
    kexec_load               246  104  104  EPERM   none;
    waitid                   247   95   95  EPERM   none;
    add_key                  248  217  217  EPERM   none;
    request_key              249  218  218  EPERM   none;
    keyctl                   250  219  219  EPERM   none;
    ioprio_set               251   30   30  EPERM   none;
    ioprio_get               252   31   31  EPERM   none;
    inotify_init             253    -    -  EPERM   none;
    inotify_add_watch        254   27   27  EPERM   at(0, 1);
    inotify_rm_watch         255   28   28  EPERM   fd(0);
    migrate_pages            256  238  238  EPERM   none;
    openat                   257   56   56  EPERM   at(0, 1);
    mkdirat                  258   34   34  EPERM   at(0, 1);
    mknodat                  259   33   33  EPERM   at(0, 1);
    fchownat                 260   54   54  EPERM   at(0, 1);
    futimesat                261    -    -  EPERM   at(0, 1);
    newfstatat               262   79   79  EPERM   at(0, 1);
    unlinkat                 263   35   35  EPERM   at(0, 1);
    renameat                 264   38    -  EPERM   at(0, 1);
    linkat                   265   37   37  EPERM   at(0, 1);
    symlinkat                266   36   36  EPERM   at(1, 2);
    readlinkat               267   78   78  EPERM   at(0, 1);
    fchmodat                 268   53   53  EPERM   at(0, 1);
    faccessat                269   48   48  EPERM   at(0, 1);
    pselect6                 270   72   72  EPERM   none;
    ppoll                    271   73   73  EPERM   none;
    unshare                  272   97   97  EPERM   none;
    set_robust_list          273   99   99  EPERM   none;
    get_robust_list          274  100  100  EPERM   none;
    splice                   275   76   76  EPERM   two(0, 2);
    tee                      276   77   77  EPERM   two(0, 1);
    sync_file_range          277   84   84  EPERM   fd(0);
    vmsplice                 278   75   75  EPERM   fd(0);
    move_pages               279  239  239  EPERM   none;
    utimensat                280   88   88  EPERM   at(0, 1);
    epoll_pwait              281   22   22  EPERM   fd(0);
    signalfd                 282    -    -  EPERM   fd(0);
    timerfd_create           283   85   85  EPERM   none;
    eventfd                  284    -    -  EPERM   none;
    fallocate                285   47   47  EPERM   fd(0);
    timerfd_settime          286   86   86  EPERM   fd(0);
    timerfd_gettime          287   87   87  EPERM   fd(0);
    accept4                  288  242  242  EPERM   fd(0);
    signalfd4                289   74   74  EPERM   fd(0);
    eventfd2                 290   19   19  EPERM   none;
    epoll_create1            291   20   20  EPERM   none;
    dup3                     292   24   24  EPERM   fd(0);
    pipe2                    293   59   59  EPERM   none;
    inotify_init1            294   26   26  EPERM   none;
    preadv                   295   69   69  EPERM   fd(0);
    pwritev                  296   70   70  EPERM   fd(0);
    rt_tgsigqueueinfo        297  240  240  EPERM   process;
    perf_event_open          298  241  241  EPERM   none;
    recvmmsg                 299  243  243  EPERM   fd(0);
    fanotify_init            300  262  262  EPERM   none;
    fanotify_mark            301  263  263  EPERM   fd(0);
    prlimit64                302  261  261  EPERM   none;
    name_to_handle_at        303  264  264  EPERM   at(0, 1);
    open_by_handle_at        304  265  265  EPERM   none;
    clock_adjtime            305  266  266  EPERM   none;
    syncfs                   306  267  267  EPERM   fd(0);
    sendmmsg                 307  269  269  EPERM   fd(0);
    setns                    308  268  268  EPERM   fd(0);
    getcpu                   309  168  168  EPERM   none;
    process_vm_readv         310  270  270  EPERM   process;
    process_vm_writev        311  271  271  EPERM   process;
    kcmp                     312  272  272  EPERM   process;
    finit_module             313  273  273  EPERM   fd(0);
    sched_setattr            314  274  274  EPERM   none;
    sched_getattr            315  275  275  EPERM   none;
    renameat2                316  276  276  EPERM   at(0, 1);
    seccomp                  317  277  277  EPERM   none;
    getrandom                318  278  278  EPERM   none;
    memfd_create             319  279  279  EPERM   none;
    kexec_file_load          320  294  294  EPERM   none;
    bpf                      321  280  280  EPERM   none;
    execveat                 322  281  281  EPERM   at(0, 1);
    userfaultfd              323  282  282  EPERM   none;
    membarrier               324  283  283  EPERM   none;
    mlock2                   325  284  284  EPERM   none;
    copy_file_range          326  285  285  EPERM   two(0, 2);
    preadv2                  327  286  286  EPERM   fd(0);
    pwritev2                 328  287  287  EPERM   fd(0);
    pkey_mprotect            329  288  288  EPERM   none;
    pkey_alloc               330  289  289  EPERM   none;
    pkey_free                331  290  290  EPERM   none;
    statx                    332  291  291  ENOSYS  at(0, 1);
    io_pgetevents            333  292  292  EPERM   none;
    rseq                     334  293  293  EPERM   none;
    uretprobe                335    -    -  EPERM   none;
    uprobe                   336    -    -  EPERM   none;
    pidfd_send_signal        424  424  424  EPERM   fd(0);
    io_uring_setup           425  425  425  EPERM   none;
    io_uring_enter           426  426  426  EPERM   fd(0);
    io_uring_register        427  427  427  EPERM   fd(0);
    open_tree                428  428  428  EPERM   at(0, 1);
    move_mount               429  429  429  EPERM   at(0, 1);
    fsopen                   430  430  430  EPERM   path(0);
    fsconfig                 431  431  431  EPERM   fd(0);
    fsmount                  432  432  432  EPERM   fd(0);
    fspick                   433  433  433  EPERM   at(0, 1);
    pidfd_open               434  434  434  EPERM   process;
    clone3                   435  435  435  ENOSYS  none;
    close_range              436  436  436  EPERM   none;
    openat2                  437  437  437  ENOSYS  at(0, 1);
    pidfd_getfd              438  438  438  EPERM   fd(0);
    faccessat2               439  439  439  EPERM   at(0, 1);
    process_madvise          440  440  440  EPERM   fd(0);
    epoll_pwait2             441  441  441  EPERM   fd(0);
    mount_setattr            442  442  442  EPERM   at(0, 1);
    quotactl_fd              443  443  443  EPERM   fd(0);
    landlock_create_ruleset  444  444  444  EPERM   none;
    landlock_add_rule        445  445  445  EPERM   fd(0);
    landlock_restrict_self   446  446  446  EPERM   fd(0);
    memfd_secret             447  447  447  EPERM   none;
    process_mrelease         448  448  448  EPERM   fd(0);
    futex_waitv              449  449  449  EPERM   none;
    set_mempolicy_home_node  450  450  450  EPERM   none;
    cachestat                451  451  451  EPERM   fd(0);
    fchmodat2                452  452  452  EPERM   at(0, 1);
    map_shadow_stack         453  453  453  EPERM   none;
    futex_wake               454  454  454  EPERM   none;
    futex_wait               455  455  455  EPERM   none;
    futex_requeue            456  456  456  EPERM   none;
    statmount                457  457  457  EPERM   none;
    listmount                458  458  458  EPERM   none;
    lsm_get_self_attr        459  459  459  EPERM   none;
    lsm_set_self_attr        460  460  460  EPERM   none;
    lsm_list_modules         461  461  461  EPERM   none;
    mseal                    462  462  462  EPERM   none;
    setxattrat               463  463  463  EPERM   at(0, 1);
    getxattrat               464  464  464  EPERM   at(0, 1);
    listxattrat              465  465  465  EPERM   at(0, 1);
    removexattrat            466  466  466  EPERM   at(0, 1);
    open_tree_attr           467  467  467  EPERM   at(0, 1);
    file_getattr             468  468  468  EPERM   at(0, 1);
    file_setattr             469  469  469  EPERM   at(0, 1);
    riscv_flush_icache         -    -  259  EPERM   none;
    riscv_hwprobe              -    -  258  EPERM   none;
}
