"""The rows of the API's field reference, as the tests expect them: section; key; type; permission; unit; values."""

ROWS = """\
auth; free-charging; boolean; RW; -; -
auth; free-charging-alais; string; RW; -; -
auth; local-remote-start; button; RW; -; -
backend; connection-type; select; RW; -; no-backend|ocpp
backend; connection-uri; string; RW; -; -
hems; mode-modbus; select; RW; -; HEMS|DLM|OFF
hems; communication-timeout-modbus; number; RW; s; -
hems; port-modbus; number; RW; -; -
hems; connection-type-modbus; select; RW; -; auto|tcp|rtu
hems; safe-current-modbus-l1; number; RW; A; -
hems; safe-current-modbus-l2; number; RW; A; -
hems; safe-current-modbus-l3; number; RW; A; -
hems; external-meter-ip-modbus; string; RW; -; -
hems; external-meter-port-modbus; number; RW; -; -
hems; external-meter-module-modbus; select; RW; -; -
hems; external-meter-position-modbus; select; RW; -; including wallbox|excluding wallbox
hems; free-buffer-modbus; number; RW; %; -
hems; register-refresh-interval-modbus; number; RW; s; -
hems; recalculation-interval-modbus; number; RW; s; -
hems; current-limit-external-meter-modbus-l1; number; RW; A; -
hems; current-limit-external-meter-modbus-l2; number; RW; A; -
hems; current-limit-external-meter-modbus-l3; number; RW; A; -
network; on-off-wlan; boolean; RW; -; -
network; wlan-ssid; string; RW; -; -
network; wlan-pre-shared-key; password; RW; -; -
network; encryption-wlan; select; RW; -; WPA2|WPA3
network; dhcp-on-off-wlan; boolean; RW; -; -
network; hostname-wlan; string; RW; -; -
network; ip-address-wlan; string; RW; -; -
network; ip-subnet-wlan; string; RW; -; -
network; gateway-wlan; string; RW; -; -
network; dns-wlan; string; RW; -; -
network; on-off-lan; boolean; RW; -; -
network; dhcp-on-off-lan; boolean; RW; -; -
network; hostname-lan; string; RW; -; -
network; ip-address-lan; string; RW; -; -
network; ip-subnet-lan; string; RW; -; -
network; gateway-lan; string; RW; -; -
network; dns-lan; string; RW; -; -
power; operator-current-limit; number; RW; A; -
power; phases-connected-to-charge-point; number; RO; -; -
power; installation-region; select; RW; -; -
power; randomised-delay-range; number; RW; s; -
power; skip-randomized-delay; button; RW; -; -
power; enable-off-peak; boolean; RW; -; -
power; enable-off-peak-weekend; boolean; RW; -; -
power; off-peak-period1-start; time; RW; -; -
power; off-peak-period1-stop; time; RW; -; -
power; off-peak-period2-start; time; RW; -; -
power; off-peak-period2-stop; time; RW; -; -
system; led-brightness; number; RW; %; 0-100
system; system-time-setting; datetime; RO; -; -
system; local-system-time-setting; datetime; RW; -; -
system; time-zone; select; RW; -; -
system; time-source; select; RW; -; NTP,HeartBeat
system; ntp-server-uri; string; RW; -; -
system; restart-system; button; RW; -; -
system; factory-reset; button; RW; -; -
system; download-logfile; download; RW; -; -
system; volatile-loglevel; select; RW; -; -
system; persistent-loglevel; select; RW; -; -
system; total-charging-sessions; number; RO; -; -
system; duration-of-current-charging-session; number; RO; s; -
system; power-of-current-charging-session; string; RO; mW; -
system; error-counter; number; RO; -; -
system; plug-cycles; number; RO; -; -
system; manufacturer-serial-number; string; RO; -; -
system; comboard-sw-version; string; RO; -; -
system; powerboard-sw-version; string; RO; -; -
system; comboard-hw-version; string; RO; -; -
system; powerboard-hw-version; string; RO; -; -
system; licensing-information; download; RO; -; -
system; local-ca-cert; download; RO; -; -
system; used-ocpp-version; string; RO; -; -
system; ocpp-charge-box-identity-charge-point-id; string; RO; -; -
system; ocpp-state; string; RO; -; -
system; type-2-state; string; RO; -; -
system; signal-current; string; RO; A; -
system; signal-voltage; string; RO; V; -
system; ocpp-connection-state-backend; string; RO; -; -
system; connected-interface-backend; string; RO; -; -
system; free-charging-mode; string; RO; -; -
system; errors; string; RO; -; -
system; interfaces; string; RO; -; -
system; MAC-Address WiFi; string; RO; -; -
system; MAC-Address Eth0; string; RO; -; -
system; upload-new-firmware; upload; RW; -; -
"""


def rows() -> list[tuple[str, ...]]:
    return [tuple(column.strip() for column in line.split(";")) for line in ROWS.splitlines()]
