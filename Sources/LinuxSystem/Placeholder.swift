import CLinux
package func probe() -> CInt { clinux_getpid() }
