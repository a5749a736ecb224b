"""What the invented people of a demonstration say. Plainly invented; nobody is meant."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """The confidential texts of one case."""

    survivor: str = "Bunga Contoh"
    nik: str = "3514000101900001"
    birth_date: str = "1990-01-01"
    phone: str = "081200000001"
    safe_contact: str = "Hubungi lewat Mawar Contoh pada jam kerja. Jangan kirim pesan malam hari."
    contact_when: str = "Hari kerja pukul 09.00 sampai 14.00."
    forbidden_phone: str = "081200000002 (dipegang suami)"
    address: str = "Jalan Contoh 1, Desa Contoh"
    health: str = "Memar di lengan kiri."
    perpetrator: str = "Anton Contoh"
    particulars: str = "Suami, bekerja sebagai buruh pabrik."
    narrative: str = "Dipukul di rumah pada malam hari setelah pertengkaran tentang uang belanja."
    location: str = "Rumah di Desa Contoh"
    need: str = "Pemeriksaan luka dan konseling psikolog."
    report_number: str = "LP/B/000/XI/2026/SPKT/CONTOH"
    referral_note: str = "Mohon diterima oleh petugas perempuan."
    answer_note: str = "Silakan datang ke ruang pelayanan pada hari kerja."
    venue: str = "Ruang mediasi kantor"
    outcome: str = "Nafkah bulanan disepakati dan dibayar setiap tanggal satu."
    matter: str = "Nafkah bulanan"
    answer: str = "Ia takut pulang sendirian."
    conclusion: str = "Ia mulai tidur lagi dan didukung adiknya."
    plan: str = "Antar ke psikolog pada hari Senin."
    came_of_it: str = "Sudah diantar, sesi pertama selesai."
    spoken: str = "Ia menceritakan ketakutannya; sepakat bertemu lagi minggu depan."
    wish: str = "Saya ingin aman dulu, laporan polisi nanti."
    living: str = "Menjahit pesanan tetangga."
    reason: str = "Nyeri di lengan dan sulit tidur sejak kejadian."
