"""The rows of docs/RELIABILITY.md and docs/SECURITY.md: each fault or attack, how it is made, the tests that make it, what staff see.

`tests` are pytest nodes; a row without any says in `tried` why nothing was tried. The counts come from the record of real runs.
"""

from __future__ import annotations

from dataclasses import dataclass

NOT_DONE = "未做"
CHAOS = "tests/live/test_mailbox_chaos.py::"
GARBLED = "tests/live/test_garbled_server.py::"
DOVECOT = "tests/live/test_dovecot_chaos.py::"
SMTP = "tests/unit/notifier/post/test_smtp_faults.py::"
SMTP_CHAOS = "tests/unit/notifier/post/test_smtp_chaos.py::"
BACKUP = "tests/unit/service/keeping/test_backup.py::"
STRANGE = "tests/unit/notifier/letters/test_strangers.py::"
EVIDENCE = "tests/unit/intake/claiming/test_evidence.py::"
HOSTILE = "tests/crash/test_hostile_files.py::"
JAIL = "tests/unit/intake/reading/test_jail.py::"
CRASH = "tests/crash/test_chaos.py::"
POINTS = "tests/crash/test_kill_points.py::"
DISASTER = "tests/live/test_disasters.py::"
ADVERSARY = "tests/crash/test_adversary.py::"
DESK = "tests/crash/test_injection_desk.py::"
WORKER = "tests/unit/service/test_worker.py::"
RENUMBERED = "tests/unit/intake/mailbox/test_renumbered.py::"


@dataclass(frozen=True, slots=True)
class Row:
    """一行: `lost`, `doubled`, `leaked` are what the tests assert; a failing test takes their place on the page."""

    fault: str
    how: str
    tests: tuple[str, ...] = ()
    seen: str = ""
    lost: str = "0"
    doubled: str = "0"
    leaked: str = "–"
    tried: str = NOT_DONE


RELIABILITY = (
    Row("在22个选定的点上 kill -9", "`tests/crash/test_kill_points.py`，有见证", (POINTS + "test_killed_there_and_started_again_everything_is_there_once",), "无需处理"),
    Row("发信被接受、尚未记账时中断，无见证", "同上，`sent_folder_witness = false`", (POINTS + "test_without_a_witness_only_the_gap_repeats_a_letter_and_then_the_very_same",),
        "无需处理；同一封信原样再发一次（同一 Message-ID）：唯一写明的两可情形", doubled="至多1（写明）"),
    Row("信件隔离（拆信程序出错或原件损坏）时说“尚缺”", "未读来信挡住一切缺件的话", ("tests/unit/intake/claiming/test_unread_letters.py",), "日报“隔离”；该校或（无从判断且临近截止时）所有学校不被告知缺件"),
    Row("某封信总使连接中断", "脚本服务器，12封中1封", (CHAOS + "test_a_letter_at_which_the_line_always_breaks_keeps_no_other_away_and_is_named",), "日报“未收到”：文件夹、编号；其余照收，每小时再试"),
    Row("列出而不给内容（NIL、空串、{0}、不答）", "脚本服务器", (CHAOS + "test_a_body_never_given_is_remembered_and_asked_for_again",), "三轮后日报“未收到”，服务器给出后自动收下"),
    Row("内容比登记的短（半封信）", "脚本服务器，截一次、每次截在不同处、每次截在同一处、尺寸只是估计", tuple(CHAOS + t for t in (
        "test_half_a_letter_is_never_kept_for_the_whole", "test_half_a_letter_given_again_and_again_is_no_estimate_of_its_size", "test_a_letter_cut_every_time_at_another_place_is_unknown_not_kept",
        "test_sizes_that_are_only_estimates_cost_one_more_request_and_no_letter")), "重取一次；仍短的按“未收到”"),
    Row("不给的信可能是谁的", "脚本服务器：NIL、空串、不答、断线、NO；信头给或不给", (CHAOS + "test_a_letter_that_never_comes_is_known_by_its_head",
        CHAOS + "test_a_head_that_does_not_come_either_keeps_no_letter_away"), "日报“未收到”写明发件人和主题；只对可能的来信单位暂不说缺件"),
    Row("授权码不对时反复登录", "脚本服务器，每2分钟一轮，4小时", tuple("tests/unit/service/test_log_in.py::" + t for t in (
        "test_a_refused_code_is_tried_after_two_ten_thirty_minutes_and_then_every_hour", "test_a_server_too_busy_to_let_anybody_in_is_asked_every_round",
        "test_a_wait_noted_by_a_clock_that_ran_ahead_binds_nobody")), "2、10、30、60分钟后再试；暂时性的每轮都试"),
    Row("被杀的进程留下的工作目录", "kill -9 之后重新启动；别人的、在用的、同名链接", ("tests/unit/intake/reading/test_scratch.py",), "无需处理", leaked="0"),
    Row("服务器拒绝给出一封信", "脚本服务器与演示信箱", (CHAOS + "test_a_refused_letter_is_named_and_remembered", "tests/live/test_fetch_netease.py::test_a_letter_the_server_will_not_give_holds_up_no_other"), "日报写明文件夹和编号"),
    Row("一个文件夹不让打开、列出之后被删", "脚本服务器", (CHAOS + "test_a_folder_that_will_not_open_is_named_and_the_others_are_read",
        CHAOS + "test_a_folder_taken_away_between_list_and_look_costs_nothing_but_a_word"), "日报写明文件夹；其余照收"),
    Row("连一封信的大小都不给：不答、NO、断线、NIL、不成数", "脚本服务器，12封中1封，给或不给内容；断线的几轮之内找出是哪一封", (CHAOS + "test_a_letter_of_which_not_even_the_size_is_told_hides_no_other_and_is_asked_for_or_unknown", CHAOS + "test_a_letter_that_comes_late_over_the_line_came_when_it_was_first_known"), "单独收取；收不到的日报“未收到”，不说缺件；后来收到的，按最早知道它在信箱里的时间算；其余照收"),
    Row("一打开某个文件夹连接就断；过大的信连信头也不给", "脚本服务器；平时开得、忽然断", (CHAOS + "test_a_folder_at_which_the_line_always_breaks_keeps_no_other_away", CHAOS + "test_a_letter_too_big_whose_head_does_not_come_keeps_no_other_away",
        CHAOS + "test_what_lay_in_a_folder_that_is_gone_is_no_longer_unknown"), "坏的排到最后，其余照收"),
    Row("服务器答非所问：漏行、重行、乱序、改字、乱码、BYE、不成句的话", "30台随机出错的脚本服务器，各四轮，随后恢复；信的内容不改", (GARBLED + "test_nonsense_is_the_servers_doing_and_costs_no_letter",), "中文一句话，只收真有的信，恢复后一封不少"),
    Row("文件夹名拼不出来、漏报一次；十万封信的编号在一行；自称九十亿字节的信", "脚本服务器", tuple(GARBLED + t for t in (
        "test_a_folder_whose_name_nobody_can_spell_hides_no_other", "test_a_folder_left_out_of_the_names_once_is_looked_for_in_the_next_round", "test_the_numbers_of_a_hundred_thousand_letters_come_in_one_line",
        "test_a_literal_of_gigabytes_asks_for_no_memory")), "无需处理"),
    Row("“已发送”打不开、连接断在其中", "演示信箱", ("tests/unit/service/test_sent_folder.py::test_a_sent_folder_that_will_not_open_keeps_no_letter_away", RENUMBERED + "test_a_line_that_breaks_at_the_hourly_question_breaks_one_round_an_hour"), "照收，一小时后再看"),
    Row("服务器每秒一字节、从不回答；此时叫停", "脚本服务器；一轮至多10分钟，值班线程各自独立", (CHAOS + "test_a_server_of_one_byte_a_second_is_given_up_at_the_deadline",
        WORKER + "test_a_mailbox_that_hangs_keeps_nobody_from_work_and_no_stop_waiting", WORKER + "test_a_cycle_beyond_its_time_is_told_and_not_begun_a_second_time"), "一小时收不到信时发出故障通知；日报照发，叫停即停"),
    Row("登录被拒、暂时不可用、BYE", "脚本服务器，7种回答", (CHAOS + "test_only_a_wrong_code_is_called_a_wrong_code", CHAOS + "test_a_server_that_says_good_bye_at_once_is_unavailable"), "只有真是授权码不对才这样说；2、10、30、60分钟后再试"),
    Row("连接断在信中间，随后恢复", "代理切断连接", (CRASH + "test_a_line_cut_in_the_middle_loses_nothing_and_still_gets_on", CRASH + "test_after_a_cut_the_batches_shrink_until_one_fits_through"), "无需处理"),
    Row("UIDVALIDITY 不变而重编、变更、重建", "脚本服务器与模型检验", (CHAOS + "test_a_mailbox_built_anew_costs_a_download_and_doubles_nothing", CRASH + "test_in_any_order_of_events_recorded_is_what_was_served",
        CRASH + "test_uids_given_to_other_letters_under_the_same_uidvalidity_are_found_out"), "无需处理"),
    Row("UIDVALIDITY 永远为1、重编且到达时间同一秒", "换一个信箱：换去一半、全换、倒序、前移、插在最前，时间全同；每小时核对 Message-ID，不同的再比字节", (RENUMBERED + "test_letters_under_known_numbers_are_found_out_by_their_message_id",
        RENUMBERED + "test_a_head_the_server_writes_differently_means_no_other_letter", RENUMBERED + "test_a_mailbox_that_is_what_it_was_costs_one_question_an_hour_and_no_letter"), "无需处理：一小时内自动重新收取（没有 Message-ID 的信除外）"),
    Row("移动、重复、中文文件夹名、列出后删除", "Dovecot 与演示信箱", (CRASH + "test_letters_moved_to_another_folder_are_not_new", CRASH + "test_the_same_letter_delivered_again_is_one_letter",
        "tests/live/test_fetch_dovecot.py::test_a_chinese_folder_name_is_spoken_both_ways",
        "tests/live/test_fetch_dovecot.py::test_letters_expunged_between_list_and_fetch_are_not_missed_by_anyone", CHAOS + "test_what_staff_took_away_is_no_longer_unknown"), "无需处理"),
    Row("收信不通、发信通：账上已有的信照读、照答、照提醒", "一轮中收信失败，其余工位照做", ("tests/live/test_refusals.py::test_an_unreachable_mailbox_is_exit_3",
        WORKER + "test_a_mailbox_that_cannot_be_reached_keeps_no_letter_in_the_books_from_being_answered", WORKER + "test_each_station_stands_on_its_own_feet"), "中文一句话；账上已有的照办"),
    Row("信箱里有两万封旧信", "脚本服务器与 Dovecot；中途断线一次，内存增长不过150 MB", (CHAOS + "test_twenty_thousand_old_letters_come_batch_by_batch_in_bounded_memory", DOVECOT + "test_twenty_thousand_old_letters_come_batch_by_batch_in_bounded_memory"), "断线前收下的留着，下一轮接着收"),
    Row("Dovecot 上的一封坏信：断线、NIL、空串、{0}、不给、NO、半封", "真的 Dovecot，中间的坏线路改动它的话", (DOVECOT + "test_one_spoilt_letter_keeps_no_other_away_is_named_and_comes_once_it_is_given",), "日报“未收到”：文件夹、编号、发件人；其余照收"),
    Row("Dovecot 上打不开的文件夹、每秒若干字节、重建而乱序的文件夹", "真的 Dovecot，中间的坏线路", tuple(DOVECOT + t for t in ("test_a_folder_that_will_not_open_is_named_and_the_others_are_read",
        "test_a_line_of_a_byte_at_a_time_is_given_up_at_the_deadline_and_what_came_is_kept", "test_a_folder_made_anew_with_its_letters_in_another_order_doubles_nothing")), "日报写明文件夹；其余照收"),
    Row("两个进程同用一个账册、四轮同时开始、新账册同时被几个打开", "文件锁、文件夹锁", ("tests/live/test_refusals.py::test_a_second_service_on_the_same_ledger_is_exit_3",
        DISASTER + "test_four_rounds_at_once_on_one_ledger_are_one_round_and_three_refusals", "tests/unit/intake/books/test_errors_and_lock.py::test_whoever_opens_new_books_first_shapes_them_and_the_others_wait"), "一个做，其余一句话、退出码3"),
    Row("账册正被别的程序占用", "另一程序持写锁；每一种读写各试一次", ("tests/unit/intake/books/test_locked_books.py",), "中文一句话，退出码3；看的照看"),
    Row("两套程序同用一个信箱", "“已发送”中有本程序写的、账上没有的信", (CHAOS + "test_a_second_service_on_one_mailbox_is_noticed_and_nothing_leaves_by_itself",), "日报“两套程序”；自动改为审核后发"),
    Row("重建时记账、重建推不出来的", "另一进程持锁；毁一份原件再 rebuild --reread", tuple("tests/unit/service/test_house_commands.py::" + t for t in (
        "test_rebuild_is_refused_while_another_process_works_on_the_books", "test_rebuild_that_would_give_fewer_says_so_line_by_line_and_ends_with_1")), "逐项列出，以1结束"),
    Row("时钟超前又拨回", "发信时间、暂停时间、重试时间在几年之后", (SMTP + "test_a_pause_written_by_a_clock_that_ran_ahead_binds_nobody", SMTP + "test_letters_dated_by_a_clock_that_ran_ahead_use_up_nothing"), "无需处理"),
    Row("SMTP 4xx、额度、频率", "演示服务器按网易的回答", (SMTP + "test_a_busy_server_gets_the_letter_again_after_one_five_and_thirty_minutes", SMTP + "test_a_daily_quota_stops_until_tomorrow",
        SMTP + "test_a_quota_of_the_quarter_hour_stops_for_fifteen_minutes", SMTP + "test_a_refused_recipient_fails_alone"), "日报写明原因和恢复时间"),
    Row("整个账号被拒（MAIL FROM、AUTH、DT:SPM，不论代码）", "按原话判断，暂停而不放弃任何一封", (SMTP + "test_a_refused_sender_pauses_the_queue_and_gives_up_no_letter", SMTP + "test_spam_is_read_from_the_words_whatever_the_code",
        SMTP + "test_a_spam_verdict_stops_the_queue_for_an_hour_and_tells_staff", SMTP + "test_a_letter_twice_taken_for_spam_is_laid_before_staff",
        SMTP + "test_a_sender_that_is_not_the_mailbox_is_a_matter_of_configuration_not_of_the_letter"), "暂停通知；两次被疑的那封停在待审核"),
    Row("最后一点之后断线，有见证、无见证", "演示服务器", (SMTP + "test_with_the_sent_folder_as_witness_nothing_leaves_twice",
        SMTP + "test_a_line_that_dies_after_the_letter_was_handed_over_is_unknown_and_without_a_witness_the_same_bytes_go_once_more"), "无见证时原样再发一次，至多两次", doubled="有见证0，无见证至多1（写明）"),
    Row("见证存在而“已发送”不留底", "30轮，每次收下即断", (SMTP + "test_a_witness_that_never_finds_anything_does_not_send_for_ever",), "两次后停为“发送失败”，请到已发送核对", doubled="每封至多1（写明）"),
    Row("SMTP 在每一步出一次错：连接、问候、EHLO、STARTTLS、AUTH、MAIL、RCPT、DATA、信件中途、结束点、收下之后、QUIT", "脚本服务器；每步断线、不应、421、451、554、乱码；见证有、无、不留底、无此文件夹", (SMTP_CHAOS + "test_once_wrong_at_any_stage_nothing_is_lost_and_only_a_blind_gap_repeats_a_letter",),
        "仅当服务器已收下而没有说、又无见证（或收下却说421、451）时，同一封信原样再发一次", doubled="有见证0；其余至多1（写明）"),
    Row("SMTP 在某一步始终出错", "脚本服务器；MAIL、DATA、中途、结束点、收下之后，断线或不应", (SMTP_CHAOS + "test_wrong_for_ever_ends_before_staff_and_never_in_a_third_copy",), "两次结果不明即停为“发送失败”，请到已发送核对", doubled="有见证0；其余至多1（写明）"),
    Row("“已发送”不存在或从不留底", "脚本服务器与一轮收信", (SMTP_CHAOS + "test_a_witness_that_was_never_seen_to_keep_copies_proves_nothing_and_staff_are_told", CHAOS + "test_a_sent_folder_without_what_surely_left_is_no_witness_and_staff_are_told"),
        "日报“已发送”：请打开“SMTP发信后保存到服务器”；不作见证", doubled="至多1（写明）"),
    Row("磁盘写满后腾出", "限额文件系统", ("tests/live/test_refusals.py::test_a_full_disk_is_exit_3_and_the_letter_comes_again",), "中文一句话，退出码3"),
    Row("磁盘变成只读，随后恢复", "重新挂载", (DISASTER + "test_a_disk_that_became_read_only_is_one_sentence_and_the_work_goes_on_once_it_is_not",), "中文一句话，退出码3"),
    Row("账册三分之一的页成了乱码", "改写 ledger.db；七种命令、体检，再恢复", (DISASTER + "test_a_ledger_of_which_a_third_is_noise_is_told_by_every_command_and_brought_back",), "每个命令一句话、退出码3；体检其余各项照做；intake restore 取回"),
    Row("账册丢失、成了空文件", "删去或清空 ledger.db 再收两轮", (DISASTER + "test_a_lost_ledger_is_filled_anew_and_nobody_is_answered_a_second_time",), "重新收取；日报“两套程序”，自动改为审核后发，一封不重发"),
    Row("端口写反、TLS 连明文端口、未加密连外机", "演示服务器", (DISASTER + "test_the_wrong_port_is_told_as_such_on_both_sides", SMTP + "test_an_unencrypted_line_to_another_machine_is_refused",
        "tests/live/test_fetch_netease.py::test_plain_connections_are_for_this_machine_alone"), "说连不上，不说授权码错"),
    Row("原件损坏：校验、复原、备份、恢复", "改写原件库中的字节", tuple(BACKUP + t for t in ("test_a_copy_names_what_was_damaged_when_it_was_made", "test_a_fresh_copy_heals_a_damaged_original",
        "test_a_damaged_letter_is_asked_for_again_and_one_from_nowhere_is_told_to_staff", "test_every_original_is_looked_at_within_a_week")), "doctor、backup 写明；日报“原件库”"),
    Row("一个损坏的附件挡住全部读件", "改写一份附件", ("tests/unit/intake/belt/test_disturbed.py::test_a_file_the_disk_has_altered_stops_no_reading_and_is_read_once_whole",), "其余照读；复原后自动补读"),
    Row("恢复损坏的备份、值班时恢复", "改写备份；另一进程持锁", (BACKUP + "test_a_damaged_backup_changes_nothing", DISASTER + "test_restoring_is_refused_while_the_service_holds_the_books"), "拒绝，现有账册未动"),
    Row("恢复旧备份后重发", "恢复后逐封与“已发送”比对；发信方式以恢复回来的账册为准", (BACKUP + "test_after_a_restore_every_letter_waits_and_what_left_is_not_sent_again",
        BACKUP + "test_books_brought_back_send_nothing_by_themselves_whatever_those_they_replace_said"), "全部停在待审核，自动改为审核后发"),
    Row("更新版本写的账册", "多一步迁移；按提示恢复升级前的备份", (BACKUP + "test_books_of_a_newer_release_are_refused_with_a_sentence", DISASTER + "test_books_of_a_newer_release_are_brought_back_from_before_as_the_refusal_says"), "中文一句话，退出码3"),
    Row("最早版本写的账册", "第一版表结构的账册", ("tests/unit/intake/books/test_earlier_books.py",), "打开即用，推出的总表相同"),
    Row("截止前一日限额将尽", "出厂限额；收据一晚上占满、还须补正的后到", ("tests/unit/notifier/post/test_last_day.py",), "还须补正的先发；不须再办的，截止后续发，日报写明几封"),
    Row("回执排到明日时的日报和提示", "出厂限额；回执、咨询、提醒、日报同日", ("tests/unit/notifier/post/test_caps.py",), "日报照发，并写明几封排到明日"),
    Row("备份保留", "200天的每夜备份", (BACKUP + "test_kept_are_fourteen_days_eight_weeks_and_the_first_of_every_month", BACKUP + "test_settings_are_copied_without_their_secrets_and_the_campaign_with_its_roster"), "–"),
)

SECURITY = (
    Row("读件进程里运行了别人的代码", "恶意读件程序在隔离室里试18件事：环境、密码、账册、原件库、网络、派生、磁盘、杀死父进程……", (JAIL + "test_code_running_as_the_reader_reaches_nothing_of_ours",), "doctor 写明用的是哪种隔离", leaked="0"),
    Row("恶意读件程序留下后台进程", "setsid 两次派生", (JAIL + "test_a_daemon_dies_with_the_jail",), "–", leaked="0"),
    Row("父进程被杀，读件进程还在", "kill -9 父进程，有无 bubblewrap 各一", (JAIL + "test_children_die_with_their_parent",), "–", leaked="0"),
    Row("读件进程的回答不成形", "13种帧、6种回答", (JAIL + "test_a_lying_child_never_raises", JAIL + "test_an_answer_that_is_no_letter_and_no_reading_is_a_death"), "该文件待人工查看，其余照读"),
    Row("读件程序拒收的文件交给 LibreOffice", "hostile、too_large、too_deep、reader_died 一律不转换", (HOSTILE + "test_a_refusal_is_never_taken_to_another_program", "tests/unit/intake/belt/test_stations.py::test_films_archives_and_the_unknown_are_not_offered_to_the_converter"), "待人工查看"),
    Row("怀恶意的文件：压缩炸弹、自我重叠、实体、绕圈的页和扇区、天边的单元格、爬出文件夹的名字……", "`benchmarks/hostile.py`，与服务时一样经过拆信和读件；整个进程树的内存、与一份小文件同时量的时间", (HOSTILE + "test_a_hostile_file_keeps_within_every_bound_and_is_told",), "内存不过1.5 GB，时间不过4倍；写明问题，原件已存，不交给别的程序", leaked="0"),
    Row("怀恶意的来信（压缩炸弹、嵌套、实体、深层 MIME）", "生成器", ("tests/unit/intake/opening/test_hostile.py",), "写明问题，原件已存", leaked="0"),
    Row("陌生人冒名送附件4“以本次为准”", "qq.com 邮箱、表格与编号齐全", (EVIDENCE + "test_forms_names_and_numbers_alone_prove_nothing", EVIDENCE + "test_a_strangers_file_replaces_only_what_the_same_mailbox_brought"),
        "登记在旁，不替换；日报“邮箱”待确认", leaked="0"),
    Row("陌生人来信得到什么", "中性回执：不列他人所报、不列差异、不提校名和文件名", (STRANGE + "test_a_stranger_is_answered_neutrally_and_the_registered_mailbox_is_told",
        STRANGE + "test_once_staff_confirm_the_mailbox_of_a_university_without_address_it_gets_the_real_answer"), "登记邮箱收到材料情况", leaked="0"),
    Row("伪造发件人（SPF/DKIM/DMARC 失败）、Reply-To 攻击者", "本服务器的 Authentication-Results 判为失败", (STRANGE + "test_a_forged_sender_gets_nothing_and_moves_nothing",), "日报“安全”：疑似冒用，不予回复", leaked="0"),
    Row("Reply-To 指向第三方", "15种写法，陌生人与登记邮箱各一遍，整个流程；别的域名、引号、%0a", (STRANGE + "test_a_reply_address_in_another_domain_is_never_written_to", ADVERSARY + "test_no_reply_address_leads_a_letter_to_anybody_else"), "日报“邮箱”：只回复发件地址", leaked="0"),
    Row("回复我会信件的线索是否可信", "回执发给登记邮箱与发给陌生人各一", (EVIDENCE + "test_a_reply_proves_only_when_our_letter_went_to_a_proven_address",), "–", leaked="0"),
    Row("相似域名、转发头自称", "", (EVIDENCE + "test_the_rosters_domain_proves_and_a_lookalike_of_it_does_not", EVIDENCE + "test_what_an_inline_forwarded_head_says_proves_nothing"), "日报“邮箱”待确认", leaked="0"),
    Row("别校邮箱引用回执编号", "编号与发件域名不合", ("tests/unit/intake/claiming/test_sender.py::test_a_case_number_from_another_universitys_own_mailbox_is_a_question",), "待认领", leaked="0"),
    Row("猜测回执编号", "顺序数出、校验字符不写或写错；两套账册各自的校验字符；12个地址各猜一个", (ADVERSARY + "test_counted_up_numbers_tell_nothing_of_anybody", EVIDENCE + "test_forms_names_and_numbers_alone_prove_nothing",
        "tests/unit/intake/claiming/test_sender.py::test_a_counted_up_number_without_its_check_part_is_a_hint_and_proves_nothing",
        "tests/unit/intake/books/test_ledger.py::test_the_check_part_of_a_number_is_every_office_s_own_and_says_nothing_of_the_next",
        "tests/unit/intake/test_case_numbers.py"), "待认领，候选中写明编号不作凭据", leaked="0"),
    Row("伪造撤回、“今年不推荐”", "陌生人以学校名义来信", (STRANGE + "test_a_forged_refusal_to_recommend_keeps_nobody_from_being_reminded", ADVERSARY + "test_a_forged_withdrawal_and_a_forged_refusal_change_nothing_until_a_click"), "照常提醒；撤回、不推荐待点", leaked="0"),
    Row("陌生人以学校名义来信，占满那所学校当日的信", "截止当日6封，随后学校自己来信", (ADVERSARY + "test_strangers_in_a_universitys_name_use_up_none_of_its_letters",), "一日至多告知登记邮箱两次，学校自己的信当日答复", leaked="0"),
    Row("伪造退信，说登记邮箱不存在", "任何地址写来的系统退信；引用我会信件编号的才算", (ADVERSARY + "test_a_forged_bounce_keeps_no_letter_from_a_university", "tests/unit/intake/books/test_ledger.py::test_a_bounce_that_proves_nothing_gives_way_to_one_that_does"), "日报“退信”请核实，给那所学校的信照发", leaked="0"),
    Row("以工作人员的名义转来的信，信里指向攻击者", "转发头写攻击者的地址；验证结果有、没有；答复点发、点弃", (ADVERSARY + "test_what_a_staff_member_seems_to_pass_on_moves_no_letter_and_keeps_back_no_reminder", EVIDENCE + "test_a_click_confirms_who_wrote_and_whom_we_passed_on_not_whom_a_stranger_names"), "答复待审核；提醒照发登记邮箱", leaked="0"),
    Row("工作人员的外出自动回复带着日报的答复码", "Auto-Submitted、只有主题写“自动回复”", ("tests/unit/service/desk/test_replies.py::test_an_out_of_office_note_neither_does_nor_spends_anything",), "什么都不办，也不算答复过", leaked="0"),
    Row("60个陌生人的来信占满当日额度；一人反复来问", "60封，另有一人5封", (STRANGE + "test_strangers_wait_behind_every_receipt_and_have_a_budget_of_their_own", ADVERSARY + "test_one_stranger_is_asked_once_and_sixty_do_not_keep_a_university_waiting"), "每天至多10封，一人至多一封；高校回执在先"),
    Row("两个自动程序互相答复", "两套收件台互写两天：标记在、标记被去掉、标记和线索都被去掉", ("tests/crash/test_loops.py::test_two_offices_of_ours_stop_writing_to_each_other",), "各一两封即止", doubled="–"),
    Row("不自报的自动回复", "3天24封", (STRANGE + "test_a_machine_that_does_not_say_so_is_answered_twice_at_most",), "两封之后不再答", doubled="–"),
    Row("钓鱼文件名、主题经我会之手转给他人", "未证实的来信人的文件名、主题不进任何信", (STRANGE + "test_a_stranger_is_answered_neutrally_and_the_registered_mailbox_is_told", ADVERSARY + "test_words_of_his_reach_nobody_but_himself"), "–", leaked="0"),
    Row("日志里的手机号、身份证号、坏字符", "打码（分组、带86、全角也认）；每行一个 JSON、北京时间、按大小轮换、无事不记", ("tests/unit/service/test_log.py",), "–", leaked="0"),
    Row("归档后清理，不留人的信息", "账册、原件、日志、工作台图片、半途的恢复；别处的备份写明", tuple(BACKUP + t for t in ("test_nothing_is_purged_before_its_day_and_everything_is_handed_over_first",
        "test_nothing_that_holds_letters_is_left_behind_and_copies_elsewhere_are_named", "test_damaged_originals_are_never_purged")), "先导出并备份，核验后才删", leaked="0"),
    Row("依赖的已知漏洞", "pip-audit：有、没有、查不到、不答复、没有装", ("tests/unit/test_audit.py",), "有则构建失败；查不到写明，不算失败"),
    Row("公式注入、HTML 注入、信头注入", "导出表、日报、信函", ("tests/unit/notifier/tables", "tests/unit/notifier/letters/test_wording.py"), "–", leaked="0"),
    Row("主题、姓名、文件名、正文、表中各栏都是攻击者的话：标签、换行加 Bcc、公式、终端控制符、反向文字、路径、模板", "12种话，本校与陌生人各一封；信函、日报、命令、导出逐一查看", tuple("tests/crash/test_injection.py::" + t for t in (
        "test_no_command_sends_a_terminal_anything_but_letters", "test_letters_have_our_headers_and_our_tags_alone", "test_the_digest_shows_the_words_and_obeys_none", "test_what_is_exported_holds_no_formula_and_stays_in_its_folder")), "照字面显示", leaked="0"),
    Row("攻击者的话在工作台：每一页、每个下载、三种工作簿、整包导出、查询词和备注", "12种话，本校、陌生人、校名本身带标签的学校各一封；逐页走遍", tuple(DESK + t for t in (
        "test_no_page_of_the_desk_holds_a_tag_a_link_or_a_character_of_theirs", "test_no_download_of_the_desk_names_a_header_a_path_or_a_kind_of_theirs", "test_no_workbook_of_the_desk_holds_a_formula",
        "test_no_path_in_the_whole_export_leads_out_of_it", "test_what_a_person_types_is_text_too")), "照字面显示", leaked="0"),
    Row("在工作台看一封怀恶意的信", "七种专拖时间的信，逐页打开", (DESK + "test_no_letter_keeps_the_desk_busy_by_being_looked_at",), "网页样式在隔离室里整理，整理不出就请看文字"),
    Row("工作台：未登录、别人的页面、别的主机名、路径、跳转、猜密码、过期的登录、慢客户端", "测试客户端与真端口", ("tests/unit/service/desk/test_security.py",), "拒绝，什么都没有记", leaked="0"),
    Row("主题、姓名、文件名、编号里的换行", "整个流程", (ADVERSARY + "test_line_breaks_in_subject_name_and_sender_make_no_header",), "–", leaked="0"),
)
